"""The models: shapes, layouts, where the parts are found."""

from pathlib import Path

import pytest
import torch
from torch import nn

from tlcore.models import TinyNet, TinyTransformer, logits_of, tiny_bert, tiny_gpt2, tiny_llama, tiny_resnet, tiny_vit


@pytest.mark.parametrize("layout", ["fc", "classifier", "head"])
@pytest.mark.parametrize("norm", ["batch", "group", "none"])
def test_tinynet_head_of_features_is_the_forward(layout: str, norm: str) -> None:
    model = TinyNet(7, in_channels=1, widths=(4, 6), norm=norm, layout=layout).eval()
    x = torch.rand(3, 1, 8, 8)
    features = model.features(x)
    assert features.shape == (3, 6) and torch.equal(features, model.backbone(x))
    head = getattr(model, layout)
    linear = head[1] if layout == "classifier" else head
    assert isinstance(linear, nn.Linear) and linear.out_features == 7
    assert torch.equal(model(x), linear(features))
    kinds = {type(part) for part in model.modules()}
    expected = {"batch": nn.BatchNorm2d, "group": nn.GroupNorm, "none": nn.Identity}
    assert [kind in kinds for kind in expected.values()] == [name == norm for name in expected]


def test_the_backbone_holds_everything_but_dropout_and_head() -> None:
    for layout, others in [("fc", {"dropout", "fc"}), ("classifier", {"classifier"}), ("head", {"dropout", "head"})]:
        model = TinyNet(layout=layout)
        assert {name for name, _ in model.named_children()} == {"backbone"} | others
        assert not any(isinstance(part, (nn.Dropout, nn.Linear)) for part in model.backbone.modules())


@pytest.mark.parametrize("layout", ["fc", "classifier", "head"])
def test_tinynet_drops_out_between_backbone_and_head_in_training(layout: str) -> None:
    model = TinyNet(dropout=0.5, norm="none", layout=layout).train()
    x = torch.rand(2, 3, 32, 32)
    assert torch.equal(model.features(x), model.features(x))
    assert not torch.equal(model(x), model(x))


def test_a_replaced_head_is_used() -> None:
    for layout in ("fc", "classifier", "head"):
        model = TinyNet(layout=layout)
        setattr(model, layout, nn.Linear(32, 11))
        assert model(torch.rand(2, 3, 32, 32)).shape == (2, 11)


def test_tinynet_saves_and_loads(tmp_path: Path) -> None:
    model = TinyNet(4, widths=(4, 8, 6), norm="group", dropout=0.1, layout="classifier").eval()
    model.save_pretrained(tmp_path / "net")
    again = TinyNet.from_pretrained(tmp_path / "net")
    x = torch.rand(2, 3, 16, 16)
    assert torch.equal(model(x), again(x)) and again.config == model.config and not again.training
    (tmp_path / "net" / "config.json").write_text('{"model_type": "resnet"}')
    with pytest.raises(ValueError, match="TinyNet"):
        TinyNet.from_pretrained(tmp_path / "net")


def test_tinynet_refuses_what_it_cannot_be() -> None:
    for wrong in ({"layout": "top"}, {"norm": "layer"}, {"widths": ()}):
        with pytest.raises(ValueError):
            TinyNet(**wrong)


def test_no_linear_layer_of_the_transformers_blocks_is_square() -> None:
    model = TinyTransformer(n_words=30, n_out=3, depth=3)
    shapes = {name: tuple(part.weight.shape) for name, part in model.named_modules() if isinstance(part, nn.Linear)}
    assert len(shapes) == 3 * 6 + 1 and all(rows != columns for rows, columns in shapes.values())
    assert shapes["layers.2.self_attn.q_proj"] == (32, 24) and shapes["layers.0.self_attn.k_proj"] == (16, 24)
    assert model(torch.randint(0, 30, (2, 9))).shape == (2, 3)


def test_every_part_of_the_transformer_can_have_another_name() -> None:
    names = {"blocks": "encoder", "query": "query", "head": "score", "attention": "attn", "mlp": "ffn", "up": "fc1"}
    torch.manual_seed(0)
    plain = TinyTransformer().eval()
    torch.manual_seed(0)
    renamed = TinyTransformer(names=names).eval()
    ids = torch.randint(0, 50, (2, 5))
    assert torch.equal(plain(ids), renamed(ids))
    found = dict(renamed.named_modules())
    assert {"encoder.1.attn.query", "encoder.0.ffn.fc1", "score"} <= set(found)
    assert renamed.part("head") is found["score"]
    with pytest.raises(ValueError, match="tail"):
        TinyTransformer(names={"tail": "x"})
    with pytest.raises(ValueError, match="does not divide"):
        TinyTransformer(n_heads=4, n_kv_heads=3)


def test_a_causal_transformer_does_not_look_ahead() -> None:
    ids = torch.randint(0, 50, (1, 8))
    changed = ids.clone()
    changed[0, 5] = (ids[0, 5] + 1) % 50
    causal = TinyTransformer(per_token=True, causal=True).eval()
    seeing = TinyTransformer(per_token=True, causal=False).eval()
    assert causal(ids).shape == (1, 8, 5)
    assert torch.allclose(causal(ids)[:, :5], causal(changed)[:, :5], atol=1e-6)
    assert not torch.allclose(causal(ids)[:, 5:], causal(changed)[:, 5:], atol=1e-4)
    assert not torch.allclose(seeing(ids)[:, :5], seeing(changed)[:, :5], atol=1e-4)


def test_transformers_models_have_the_promised_shapes_and_sizes() -> None:
    # A size that changes silently (a new default in transformers) changes what the checkpoints weigh.
    for model, x, shape, size in [
        (tiny_resnet(10), torch.rand(2, 3, 32, 32), (2, 10), 79_962),
        (tiny_vit(("a", "b", "c")), torch.rand(2, 1, 8, 8), (2, 3), 135_683),
        (tiny_llama(70), torch.randint(0, 70, (2, 9)), (2, 9, 70), 78_528),
        (tiny_gpt2(70), torch.randint(0, 70, (2, 9)), (2, 9, 70), 73_600),
        (tiny_bert(70), torch.randint(0, 70, (2, 9)), (2, 9, 70), 78_086),
    ]:
        assert logits_of(model.eval()(x)).shape == shape
        assert sum(p.numel() for p in model.parameters()) == size


def test_class_names_become_the_labels_of_the_config() -> None:
    config = tiny_vit(("rust", "blight")).config
    assert config.id2label == {0: "rust", 1: "blight"} and config.label2id == {"rust": 0, "blight": 1}
    assert tiny_resnet(4, in_channels=1, widths=(4, 8)).config.num_channels == 1


def test_the_llama_shares_its_head_with_the_embedding_and_groups_its_heads() -> None:
    model = tiny_llama(70)
    assert model.lm_head.weight is model.model.embed_tokens.weight
    attention = model.model.layers[0].self_attn
    assert attention.q_proj.out_features == 2 * attention.k_proj.out_features


def test_logits_of_says_what_it_cannot_use() -> None:
    with pytest.raises(TypeError, match="without a head"):
        logits_of(tiny_vit(3).vit(torch.rand(1, 1, 8, 8)))
