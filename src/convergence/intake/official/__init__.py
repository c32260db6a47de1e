"""The export of the State's tool (les emplois de l'inclusion): its own way through the importer.

``profiles`` recognises it by its titles and reads ``profiles.toml``; ``rows`` reads its lines and gathers them by
person; ``planning`` holds each person against what is noted: sayings to note beside ours, differences that wait for
a word, people unknown here; ``preview`` puts the plan in words; ``writing`` does what was decided.
"""
