"""A call that samples uses a model with new threads; beam search uses the loaded one."""

from dataclasses import dataclass, field
from typing import Any

from gpu_tasks.engines.repeatable_sampling import RepeatableSampling


@dataclass
class FakeModel:
    is_multilingual = False
    calls: list[dict[str, Any]] = field(default_factory=list)

    def generate(self, *arguments: Any, **options: Any) -> list[Any]:
        self.calls.append(options)
        return [*arguments]


def test_each_call_that_samples_has_a_model_of_its_own() -> None:
    loaded = list[FakeModel]()

    def load() -> FakeModel:
        loaded.append(FakeModel())
        return loaded[-1]

    model = RepeatableSampling(FakeModel(), load)
    assert [model.generate("a", sampling_temperature=0.4), model.generate("b", sampling_temperature=0.4)] == [
        ["a"],
        ["b"],
    ]
    assert [len(m.calls) for m in loaded] == [1, 1]


def test_beam_search_uses_the_loaded_model() -> None:
    whole = FakeModel()
    model = RepeatableSampling(whole, FakeModel)
    assert model.generate("a", beam_size=5) == ["a"]
    assert (whole.calls, model.is_multilingual) == ([{"beam_size": 5}], False)
