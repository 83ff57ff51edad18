"""Loading a model by name, from a folder, and what is said when there is none."""

import json
import shutil
from pathlib import Path

import pytest
import torch

from tlcore import loading
from tlcore.checkpoints import FOLDER, shipped
from tlcore.checkpoints.card import Card
from tlcore.data import leaves
from tlcore.loading import from_pretrained
from tlcore.models import TinyNet, tiny_bert, tiny_vit


@pytest.fixture(autouse=True)
def _no_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a machine without internet, also where there is one."""
    monkeypatch.setattr(loading, "_hub_is_out_of_reach", lambda: True)


@pytest.mark.parametrize("name", shipped())
def test_what_ships_loads_in_eval_mode_with_its_card(name: str) -> None:
    model, card = from_pretrained(name)
    assert card.name == name and card.scores and card.recipe
    assert not any(part.training for part in model.modules())
    assert all(p.requires_grad for p in model.parameters())


def test_loading_is_silent(capfd: pytest.CaptureFixture[str]) -> None:
    for name in shipped():
        from_pretrained(name)
    assert capfd.readouterr() == ("", "")


def test_two_loads_share_nothing() -> None:
    first, second = from_pretrained("leaves-tinynet")[0], from_pretrained("leaves-tinynet")[0]
    with torch.no_grad():
        first.get_parameter("fc.bias").add_(1)
    assert not torch.equal(first.get_parameter("fc.bias"), second.get_parameter("fc.bias"))


def test_a_local_folder_of_transformers_loads_as_what_it_was_saved(tmp_path: Path) -> None:
    tiny_bert(40).save_pretrained(tmp_path / "bert")
    model, card = from_pretrained(tmp_path / "bert")
    assert type(model).__name__ == "BertForMaskedLM" and card.mean == ()
    other, _ = from_pretrained(str(tmp_path / "bert"), auto_class="AutoModelForSequenceClassification", num_labels=3)
    assert type(other).__name__ == "BertForSequenceClassification"
    with pytest.raises(ValueError, match="AutoModelForPoetry"):
        from_pretrained(tmp_path / "bert", auto_class="AutoModelForPoetry")


def test_a_folder_without_card_gets_one_from_its_configs(tmp_path: Path) -> None:
    tiny_vit(("rust", "blight")).save_pretrained(tmp_path / "vit")
    processor = {"image_processor_type": "ViTImageProcessor", "image_mean": [0.5], "image_std": [0.25]}
    (tmp_path / "vit" / "preprocessor_config.json").write_text(json.dumps(processor))
    _, card = from_pretrained(tmp_path / "vit")
    assert card.names == ("rust", "blight") and card.mean == (0.5,) and card.std == (0.25,)


def test_a_tinynet_folder_of_ones_own(tmp_path: Path) -> None:
    net = TinyNet(4, layout="head").eval()
    net.save_pretrained(tmp_path / "mine")
    model, card = from_pretrained(tmp_path / "mine")
    x = torch.rand(2, 3, 32, 32)
    assert torch.equal(model(x), net(x)) and card.names == ()
    with pytest.raises(TypeError, match="new head later"):
        from_pretrained(tmp_path / "mine", num_labels=3)


def test_a_new_head_is_decided_by_the_seed() -> None:
    heads = []
    for _ in range(2):
        torch.manual_seed(3)
        model, _ = from_pretrained("leaves-resnet", num_labels=6, ignore_mismatched_sizes=True)
        heads.append(model.get_parameter("classifier.1.weight"))
    assert heads[0].shape == (6, 64) and torch.equal(heads[0], heads[1])


def test_what_is_not_there_names_what_ships(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"Did you mean 'leaves-resnet'\? These ship: digits-vit"):
        from_pretrained("leaves-resnt")
    with pytest.raises(FileNotFoundError, match="no-such-org/model.* cannot be reached"):
        from_pretrained("no-such-org/model")
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        from_pretrained(tmp_path / "nothing")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match=r"no config\.json"):
        from_pretrained(tmp_path / "empty")


def test_a_broken_folder_says_so(tmp_path: Path) -> None:
    for name in ("leaves-resnet", "leaves-tinynet"):
        shutil.copytree(FOLDER / name, tmp_path / name)
    (tmp_path / "leaves-resnet" / "model.safetensors").unlink()
    with pytest.raises(ValueError, match="holds no model that can be loaded"):
        from_pretrained(tmp_path / "leaves-resnet")
    (tmp_path / "leaves-tinynet" / "config.json").write_text("{")
    with pytest.raises(ValueError, match="not JSON"):
        from_pretrained(tmp_path / "leaves-tinynet")
    (tmp_path / "leaves-resnet" / "card.json").write_text('{"name": "x", "licence": "y"}')
    with pytest.raises(ValueError, match="licence"):
        Card.load(tmp_path / "leaves-resnet")


def test_a_card_normalises_as_in_pre_training() -> None:
    _, card = from_pretrained("leaves-resnet")
    data = leaves("source", 40, seed=9)
    scaled = card.normalise(data)
    assert torch.equal(scaled.images, card.normalise(data.images)) and torch.equal(scaled.labels, data.labels)
    assert scaled.images.mean((0, 2, 3)).abs().max() < 0.1  # seeds 0 to 9: 0.018 +- 0.008, at most 0.032
    with pytest.raises(ValueError, match=r"\(N, 3, H, W\)"):
        card.normalise(torch.rand(2, 1, 8, 8))
    _, words = from_pretrained("wire-llama")
    with pytest.raises(ValueError, match="mean and std"):
        words.normalise(data)
    with pytest.raises(ValueError, match="no words"):
        _ = card.vocabulary
