"""Reads /metrics as Prometheus does."""

from django.test import Client
from prometheus_client.parser import text_string_to_metric_families


class Samples(dict[str, float]):
    """Values by their series, written as promtool writes them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                self.names.add(sample.name)
                self[series(sample.name, **sample.labels)] = sample.value

    def of(self, name: str, **labels: str) -> float:
        """KeyError when there is no such series."""
        return self[series(name, **labels)]


def series(name: str, **labels: str) -> str:
    pairs = ",".join(f'{label}="{labels[label]}"' for label in sorted(labels))
    return f"{name}{{{pairs}}}"


def scrape() -> Samples:
    answer = Client().get("/metrics")
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    return Samples(answer.content.decode())
