"""Names that cannot be compared by their letters.

What English calls by another name than German does (Munich, Danube, Swiss), and words that English writes with a
capital where German has a noun like any other (Chancellor, Ministry, Sunday). Casefolded. Gathered by hand from maps,
calendars and the development sets, and counted in the parallel text that the shipped model was trained on (english.txt,
by benchmarks/capitals.py; training/README.md names the sources). A name that is missing here costs a doubt, no more.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path


def english_only(word: str) -> bool:
    """Whether the word, or that of which it is the plural, has no like in German.

    >>> english_only("Danube"), english_only("Brits"), english_only("Grindel")
    (True, True, False)
    """
    folded = word.casefold()
    return folded in _counted() or folded in _GATHERED or folded[:-1] in _GATHERED


@lru_cache(maxsize=1)
def _counted() -> frozenset[str]:
    return frozenset(Path(__file__).with_name("english.txt").read_text(encoding="utf-8").split())


def _set(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_GATHERED = _set(
    """
    arctic antarctic aryan canal center cesarean corps cyclists hemisphere punjab whirling
    april august december february march october september
    african albanian alps ambassador america american arab arabian arabic arabs archbishop asian association
    atlantic attorney australian austria austrian baltic bavaria bavarian beauty belgian bible bishop black
    board brazil brazilian britain british brunswick brussels buddhist bulgarian cameroon cape caribbean
    carinthia caspian castle catalan catalonia catholic catholics celtic chairman champions chancellor china
    chinese christian christians christmas church city coast cologne commission committee commons conference
    congress conservative conservatives constitution copenhagen corinthians council county court cretaceous
    croatia croatian cross crown cup cypriot cyprus czech danish danube democrat democrats denmark department
    director district dragon dutch earth east easter eastern education egypt egyptian emperor empire english
    enlightenment essex estonia estonian europe european executive federal federation festival finland finnish
    flanders florence foreign forest foundation france french friday game games geneva genoa german germans
    germany government governor great greece greek greeks greenland greens group hanover health heaven hell
    hesse hessian hindu holy home house hungarian hungary iceland india indian indians internet iraqi ireland
    irish islands israeli italian italians italy january japanese jewish jews judean judge july june justice
    king kingdom korean labor labour lake latin latvia league lebanon left liberal libyan lisbon lithuania lord
    lords lower lucerne mankind mars master mayor mediterranean mercury mexican mexico middle milan minister
    ministry mister monday moon mosque mountain mountains munich muslim muslims naples native nativity norway
    norwegian november nuremberg office olympics open oscar pacific palatinate parliament party persian poland
    poles polish pope president presidential prime prince princess professor protestant prussia prussian punjabi
    queen region republic republican republicans resistance rhine roman romania romanian romans rome royal
    russia russian russians saint saturday saturn saxon saxony scandinavian scotland scots scottish secretary
    senate serbian series show singer slovak slovenia social socialist south southern soviet spain spanish
    spring state states station styria sudan summer sunday swabia swabian sweden swedish swiss switzerland
    syrian team television thuringia thursday town trade troy tuesday turkey turkish turks tweets tyrol tyrolean
    ukrainian union united university upper valley venice vienna viennese wales warsaw wednesday welsh west
    western westphalia white wikipedia winter world year years zealand
    """
)
