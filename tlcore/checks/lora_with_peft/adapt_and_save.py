"""Public check of `adapt_and_save` and `restore`."""

import tempfile
from pathlib import Path

import torch
from torch import nn

from tlcore import plots
from tlcore.checks.lora_with_peft.setups import classifier, logits, same, words


def check(adapt_and_save, restore, show):
    base, batch, labels = classifier(), words(), torch.tensor([0, 1, 2, 1])
    trained = []

    def train(model):
        """Forty steps on four sentences: all four are right then with rank 1 to 16, on attention or everywhere."""
        trained.append(model)
        optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=0.01)
        model.train()
        for _ in range(40):
            loss = model(**batch, labels=labels).loss
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        model.eval()

    def fresh():
        """The same body under another head."""
        other = classifier()
        torch.manual_seed(5)
        nn.init.normal_(other.classifier.weight)
        return other

    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "adapter")
        first = logits(base, batch)
        parts = [name for name, _ in base.named_modules()]
        show.tried("adapt a small BERT to four sentences, save it into a folder that does not exist yet")
        model = adapt_and_save(base, path, train)
        given = isinstance(model, nn.Module)
        show.that(given, "it returns a model", teach="adapt_and_save should return the trained model.")
        show.expect(
            "how often train was called", len(trained), 1, teach="Call train(model) once, on the wrapped model."
        )
        told = logits(model if given else base, batch)
        right = int((told.argmax(1) == labels).sum())
        show.expect("sentences that the adapted model gets right", right, 4, teach="Can factors and head learn?")
        in_place = "get_peft_model puts its layers into the model that it is given. Give it a copy."
        untouched = [name for name, _ in base.named_modules()] == parts
        show.that(untouched, "after adapting the base has its own layers only", teach=in_place)
        files = [file for file in Path(path).rglob("*") if file.is_file()] if Path(path).is_dir() else []
        show.that(bool(files), "there are files in the folder", teach="model.save_pretrained(path) writes them.")
        # Any rank is right, so that the size says nothing: the base's numbers are looked for in the files.
        contents = [file.read_bytes() for file in files]
        held = [name for name, p in classifier().bert.named_parameters() if p.ndim > 1 and _is_in(p, contents)]
        small = "The folder should hold the update and the head. Everybody has the base."
        show.expect("weights of the body in the folder", held, [], teach=small)
        show.tried("restore it around a fresh base with another random head")
        around = fresh()
        answer = restore(around, path)
        again = logits(answer if isinstance(answer, nn.Module) else around, batch)
        show.picture(plots.matrix("Logits of the restored model, and of the adapted one", again, told))
        if isinstance(answer, nn.Module):
            cause = "Is the trained head in the folder? Are the factors loaded, or made anew?"
        else:
            cause = "restore should return the model. Is there a `return`?"
        show.that(same(again, told), "it answers as the adapted model did", teach=cause)
        names = [name for name, _ in around.named_modules()]
        show.that(names == parts, "after restoring the base has its own layers only", teach="Load around a copy.")
        show.that(not same(again, first), "it answers otherwise than before training", teach="Save after training.")
    show.untried("other models than BERT, what can learn in the base afterwards, another process, two folders")


def _is_in(weight, contents):
    """Whether the numbers of a weight stand in one of some files."""
    return any(weight.detach().numpy().tobytes() in content for content in contents)
