"""Scenes of a script, and the script of the demo clip with its searches and questions."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Camera:
    """A slow camera move over a photograph, from the 16:9 view `first` to the view `last`.

    A view is (left, top, width); left and width are fractions of the width of the photograph, top is one of its height.
    """

    first: tuple[float, float, float]
    last: tuple[float, float, float]


@dataclass(frozen=True)
class ScriptScene:
    """One shot: a photograph or a plain card, its title and its narration.

    A scene is as long as its narration, but not shorter than `length_min_s`. A card lists `lines` below its title;
    `theme` names its colours.
    """

    name: str
    title: str
    subtitle: str
    lines: tuple[str, ...] = ()
    sentences: tuple[str, ...] = ()
    photograph: str | None = None
    camera: Camera | None = None
    theme: str = "paper"
    objects: tuple[str, ...] = ()
    length_min_s: float = 0.0
    music: bool = False


SCENES = (
    ScriptScene(
        name="opening",
        title="A SHORT TOUR",
        subtitle="five photographs that belong to everyone",
        sentences=("Welcome to a short tour of five photographs that belong to everyone.",),
    ),
    ScriptScene(
        name="rocket",
        title="ON THE LAUNCH PAD",
        subtitle="a Falcon 9 at Cape Canaveral, Florida",
        sentences=(
            "This Falcon 9 rocket is waiting on its launch pad in Florida.",
            "In February 2015 it sent a climate satellite a million miles away from Earth.",
        ),
        photograph="rocket.jpg",
        camera=Camera(first=(0.0, 0.12, 1.0), last=(0.1, 0.22, 0.8)),
    ),
    ScriptScene(
        name="astronaut",
        title="EILEEN COLLINS",
        subtitle="astronaut and pilot",
        sentences=(
            "In 1995, Eileen Collins was the first woman to pilot the space shuttle.",
            "Four years later she became the first woman to command it.",
        ),
        photograph="astronaut.png",
        camera=Camera(first=(0.0, 0.0, 1.0), last=(0.05, 0.1, 0.9)),
        objects=("person",),
    ),
    ScriptScene(
        name="galaxies",
        title="HUBBLE EXTREME DEEP FIELD",
        subtitle="about 5,500 galaxies",
        photograph="hubble_deep_field.jpg",
        camera=Camera(first=(0.0, 0.2, 1.0), last=(0.02, 0.21, 0.96)),
        length_min_s=7.0,
        music=True,
    ),
    ScriptScene(
        name="cat",
        title="CHELSEA",
        subtitle="the cat, by Stefan van der Walt",
        sentences=(
            "This cat is called Chelsea.",
            "Cats can hear sounds that are far too high for people to hear.",
        ),
        photograph="chelsea.png",
        camera=Camera(first=(0.0, 0.0, 1.0), last=(0.08, 0.04, 0.9)),
        objects=("cat",),
    ),
    ScriptScene(
        name="coffee",
        title="ESPRESSO",
        subtitle="from the Pikolo Espresso Bar",
        sentences=(
            "And this is a cup of coffee.",
            "To make an espresso, hot water is pushed through finely ground beans under high pressure.",
        ),
        photograph="coffee.png",
        camera=Camera(first=(0.0, 0.06, 1.0), last=(0.03, 0.08, 0.9)),
        objects=("cup",),
    ),
    ScriptScene(
        name="closing",
        title="NOW ASK A QUESTION",
        subtitle="every answer tells where it was seen or heard",
        sentences=("That was the tour. Now it is your turn to ask a question.",),
    ),
)


@dataclass(frozen=True)
class DemoSearch:
    """A query, and the scene that it should return first."""

    query: str
    scene: str


SEARCHES = (
    DemoSearch("a hot drink", "coffee"),
    DemoSearch("woman in a space suit", "astronaut"),
    DemoSearch("5,500 galaxies", "galaxies"),
)


@dataclass(frozen=True)
class DemoQuestion:
    """A question about the clip; `answer` is None where the clip has none."""

    text: str
    answer: str | None
    scene: str | None
    evidence: str | None


QUESTIONS = (
    DemoQuestion("Who was the first woman to pilot the space shuttle?", "Eileen Collins", "astronaut", "speech"),
    DemoQuestion("Where is the rocket waiting?", "Florida", "rocket", "speech"),
    DemoQuestion("How is an espresso made?", "hot water", "coffee", "speech"),
    DemoQuestion("What is the name of the cat?", "Chelsea", "cat", "speech"),
    DemoQuestion("How many galaxies are there?", "5,500 galaxies", "galaxies", "screen_text"),
    DemoQuestion("How much does a violin cost?", None, None, None),
)
