"""The main job: from articles to accounted sentences and summaries, through what the settings say it is made of."""
