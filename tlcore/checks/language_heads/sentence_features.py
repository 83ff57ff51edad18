"""Public check of `sentence_features`."""

import torch

from tlcore import plots
from tlcore.checks.language_heads.setups import alike, language_model, texts


def check(sentence_features, show):
    model, batch = language_model("gpt2", resid_pdrop=0.0, embd_pdrop=0.0, attn_pdrop=0.0), texts()
    lengths = batch["attention_mask"].sum(1).tolist()
    with torch.no_grad():  # each text alone has no padding
        alone = [
            model.base_model(input_ids=row[None, :n]).last_hidden_state[0]
            for row, n in zip(batch["input_ids"], lengths, strict=True)
        ]
    means, lasts = torch.stack([h.mean(0) for h in alone]), torch.stack([h[-1] for h in alone])
    show.tried("a small GPT-2, three texts of 5, 2 and 4 words, padding on the right")
    found = sentence_features(model, batch)
    returned = "It should return a tensor with one row for each text. Is there a `return`?"
    if not show.that(isinstance(found, torch.Tensor) and found.shape == means.shape, "it returns (3, 16)", returned):
        show.picture(plots.matrix("Features", means))
        show.untried("everything that comes after it")
        return
    show.picture(plots.matrix("Features of three texts, and of each text alone", found, means))
    pads = (
        "Expected is what each text alone gives, its first position being 0. Which positions go into your mean, and "
        "what do you divide by?"
    )
    sound = show.that(alike(found, means), "the means are those of each text alone, without padding", teach=pads)
    end = "Each text ends somewhere else. Where does the mask say that it ends?"
    show.that(alike(sentence_features(model, batch, "last"), lasts), 'how="last" finds the end of each text', teach=end)
    left = texts("left")
    show.tried("the same with the padding on the left")
    turned = (
        "GPT-2 counts positions from the left edge, unless position_ids says where each text begins. And it looks at "
        "the padding, unless it is given the mask."
    )
    try:
        same = alike(sentence_features(model, left), means)
    except IndexError as error:
        negative = (
            f"{error}. Which position_ids has the padding? It does not matter which, but they must not be negative."
        )
        show.that(False, "the means are the same", teach=negative)
        show.untried("everything that comes after it")
        return
    sound = show.that(same, "the means are the same", teach=turned if sound else pads)
    same = alike(sentence_features(model, left, "last"), lasts)
    show.that(
        same,
        "the last states are the same",
        teach="Where is the last 1 of the mask, if the padding is in front?" if sound else turned,
    )
    show.tried("a BERT with dropout, in train mode, whose embeddings are in eval mode")
    model = language_model("bert", hidden_dropout_prob=0.5)
    model.train()
    model.bert.embeddings.eval()
    modes = [part.training for part in model.modules()]
    one, other = sentence_features(model, batch), sentence_features(model, batch)
    nan = isinstance(one, torch.Tensor) and bool(one.isnan().any())
    off = "There is a nan among the features: what is divided by zero?" if nan else "Is dropout off while you ask?"
    show.that(alike(one, other), "two calls give the same", teach=off)
    after = [part.training for part in model.modules()]
    kept = "Remember `part.training` of each part of model.modules(), and put it back."
    show.that(after == modes, "each part is in the mode in which it was", teach=kept)
    show.untried("Llama, models with a pooler or a head, a body alone, double precision")
