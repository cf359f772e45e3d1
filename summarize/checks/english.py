"""Names that cannot be compared by their letters.

What English calls by another name than German does (Munich, Danube, Swiss), and words that English writes with a
capital where German has a noun like any other (Chancellor, Ministry, Sunday). Casefolded. Gathered by hand from maps,
calendars and the development sets; a name that is missing here costs a doubt, no more.
"""

from __future__ import annotations


def _set(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


ENGLISH_ONLY = _set(
    """
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
