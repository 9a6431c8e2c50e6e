"""What the sample clip shows and says, scene by scene."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Camera:
    """A slow move over a photograph, given as two 16:9 views of it.

    A view is (left, top, width) in fractions of the photograph's width, height and width.
    """

    first: tuple[float, float, float]
    last: tuple[float, float, float]


@dataclass(frozen=True)
class Scene:
    """One shot: a photograph (or a plain card), its title, and what the narrator says over it.

    A scene lasts as long as its narration, and never less than `lasts_s`. `lines` are listed below the title of a
    card; `paper` is the name of its colours.
    """

    name: str
    title: str
    subtitle: str
    lines: tuple[str, ...] = ()
    sentences: tuple[str, ...] = ()
    photograph: str | None = None
    camera: Camera | None = None
    paper: str = "paper"
    objects: tuple[str, ...] = ()
    lasts_s: float = 0.0
    music: bool = False


SCENES = (
    Scene(
        name="opening",
        title="A SHORT TOUR",
        subtitle="five photographs that belong to everyone",
        sentences=("Welcome to a short tour of five photographs that belong to everyone.",),
    ),
    Scene(
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
    Scene(
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
    Scene(
        name="galaxies",
        title="HUBBLE EXTREME DEEP FIELD",
        subtitle="about 5,500 galaxies",
        photograph="hubble_deep_field.jpg",
        camera=Camera(first=(0.0, 0.2, 1.0), last=(0.02, 0.21, 0.96)),
        lasts_s=7.0,
        music=True,
    ),
    Scene(
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
    Scene(
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
    Scene(
        name="closing",
        title="NOW ASK A QUESTION",
        subtitle="every answer tells where it was seen or heard",
        sentences=("That was the tour. Now it is your turn to ask a question.",),
    ),
)


@dataclass(frozen=True)
class Search:
    """Words to look for, and the scene that should be found by them."""

    query: str
    scene: str


SEARCHES = (
    Search("a hot drink", "coffee"),
    Search("woman in a space suit", "astronaut"),
    Search("5,500 galaxies", "galaxies"),
)


@dataclass(frozen=True)
class Question:
    """Something to ask about the clip; `answer` is None where the clip has none."""

    asks: str
    answer: str | None
    scene: str | None
    evidence: str | None


QUESTIONS = (
    Question("Who was the first woman to pilot the space shuttle?", "Eileen Collins", "astronaut", "speech"),
    Question("Where is the rocket waiting?", "Florida", "rocket", "speech"),
    Question("How is an espresso made?", "hot water", "coffee", "speech"),
    Question("What is the name of the cat?", "Chelsea", "cat", "speech"),
    Question("How many galaxies are there?", "5,500 galaxies", "galaxies", "screen_text"),
    Question("How much does a violin cost?", None, None, None),
)
