"""Categories and synonyms of the labels of object detectors."""

from __future__ import annotations

_KINDS = {
    "vehicle": "bicycle car motorcycle airplane bus train truck boat",
    "animal": "bird cat dog horse sheep cow elephant bear zebra giraffe frog fish",
    "pet": "cat dog",
    "bag": "backpack handbag suitcase",
    "luggage": "backpack handbag suitcase",
    "food": "banana apple sandwich orange broccoli carrot pizza donut cake",
    "fruit": "banana apple orange",
    "drink": "bottle cup coffee tea wine water",
    "furniture": "chair couch bed table",
    "cutlery": "fork knife spoon",
    "kitten": "cat",
    "puppy": "dog",
    "human": "person man woman child",
    "person": "man woman child boy girl",
    "pedestrian": "person",
    "man": "person",
    "woman": "person",
    "television": "tv",
    "monitor": "tv",
    "sofa": "couch",
    "plane": "airplane",
    "aeroplane": "airplane",
    "bike": "bicycle motorcycle",
    "motorbike": "motorcycle",
    "lorry": "truck",
    "mug": "cup",
    "doughnut": "donut",
    "rucksack": "backpack",
    "phone": "telephone smartphone",
    "notebook": "laptop",
}
"""COCO's super-categories (Lin et al. 2014) that are common words, and common names for COCO's labels."""


def labels_of(word: str) -> tuple[str, ...]:
    """Labels in the category `word`, a singular noun in lower case; usually none."""
    return tuple(_KINDS.get(word, "").split())
