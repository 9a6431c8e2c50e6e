"""The language pack for English questions and answers: question cues, answer types and times in answers."""
