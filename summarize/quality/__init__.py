"""How good a model is: translations and summaries held against references, with sacrebleu's and ROUGE's figures.

    system = translation.System.of("de-en", "de", settings)
    translation.evaluate([system], [sets.find("eval/flores-dev", "de")], store)

sets          parallel test sets
translation   translators on them: chrF, BLEU, speed, memory, the fates of sentences, paired bootstrap
summaries     summarizers on articles with reference summaries: ROUGE, supported sentences
cards         the figures in a model's card.json and README.md
"""
