"""A fork server with torch in it: sessions that learn, load and use processes as they would anywhere."""

from collections.abc import Iterator

import pytest
from asking import PROTECTING, STAND_IN, asking, make_sandbox

from grader.sandbox import Sandbox, SandboxError
from grader.sandbox.inside.fork_server import check_one_thread
from grader.sandbox.launch import modules_for


@pytest.fixture(scope="module", params=PROTECTING)
def warm(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    with make_sandbox(request.param, preload=("torch", "torch.utils.data", "torch.optim")) as started:
        yield started


def test_torch_is_there_with_one_thread(warm: Sandbox) -> None:
    assert warm.missing == {}
    with asking(warm) as learner:
        code = (
            "import sys\nresult = 'torch' in sys.modules\nimport torch, gc\nresult = [result, torch.get_num_threads()]"
        )
        assert learner.ask(code) == [True, 1]
        assert learner.ask("result = gc.get_freeze_count() > 10000") is True


def test_a_model_learns(warm: Sandbox) -> None:
    code = (
        "import torch\ntorch.manual_seed(0)\nmodel = torch.nn.Linear(8, 1)\n"
        "optimizer = torch.optim.SGD(model.parameters(), lr=0.1)\nlosses = []\n"
        "for _ in range(20):\n"
        "    loss = (model(torch.ones(4, 8)) - 1).pow(2).mean()\n"
        "    optimizer.zero_grad(); loss.backward(); optimizer.step(); losses.append(loss.item())\n"
        "result = losses[0] > 100 * losses[-1]"
    )
    with asking(warm) as learner:
        assert learner.ask(code) is True


@pytest.mark.parametrize("options", ["", ", prefetch_factor=2, persistent_workers=True, timeout=30"])
def test_data_loader_with_workers(warm: Sandbox, options: str) -> None:
    code = (
        "import torch\nfrom torch.utils.data import DataLoader, TensorDataset\n"
        "data = TensorDataset(torch.arange(20.0).view(10, 2), torch.arange(10))\n"
        f"loader = DataLoader(data, 4, False, num_workers=2{options})\n"
        "result = [[x.sum().item() for x, _ in loader] for _ in range(2)]"
    )
    with asking(warm) as learner:
        assert learner.ask(code) == [[28.0, 92.0, 70.0]] * 2


def test_data_loader_with_workers_beside_one_who_uses_up_open_files(warm: Sandbox) -> None:
    """The kernel counts files on their way through sockets for all sessions together, against each one's limit."""
    attack = (
        "import array, os, socket\nfiles = array.array('i', [os.open('/dev/null', 0) for _ in range(200)])\n"
        "pairs = [socket.socketpair() for _ in range(10)]\nresult = 0\n"
        "try:\n"
        "    for one, _ in pairs:\n"
        "        one.sendmsg([b'x'], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, files)])\n"
        "        result += 1\n"
        "except OSError: pass"
    )
    with asking(warm) as attacker:
        attacker.ask(attack)
        test_data_loader_with_workers(warm, "")


def test_joblib_with_several_jobs(warm: Sandbox) -> None:
    """As scikit-learn uses it for `n_jobs`: where there can be no processes, one job after the other."""
    with asking(warm) as learner:
        assert learner.ask(
            "from joblib import Parallel, delayed\nresult = Parallel(2)(delayed(abs)(i) for i in (-1, 2))"
        ) == [1, 2]


def test_saving_and_loading(warm: Sandbox) -> None:
    code = "import torch\ntorch.save(torch.ones(2), 'ones.pt')\nresult = torch.load('ones.pt').tolist()"
    with asking(warm) as learner:
        assert learner.ask(code) == [1.0, 1.0]


def test_a_new_interpreter_finds_the_packages(warm: Sandbox) -> None:
    code = (
        "import subprocess, sys\n"
        "done = subprocess.run([sys.executable, '-c', 'import numpy, inside, tlcore; print(len(numpy.ones(3)))'],"
        " capture_output=True, text=True)\n"
        "result = [done.stdout, done.stderr]"
    )
    with asking(warm) as learner:
        assert learner.ask(code) == ["3\n", ""]


def test_what_one_session_does_to_torch_another_does_not_see(warm: Sandbox) -> None:
    with asking(warm) as first:
        first.ask("import torch; torch.nn.Linear.forward = None; torch.poisoned = True")
    with asking(warm) as second:
        assert second.ask("import torch; result = [hasattr(torch, 'poisoned'), torch.nn.Linear.forward is None]") == [
            False,
            False,
        ]


@pytest.mark.parametrize("isolation", PROTECTING)
def test_a_fork_server_with_a_second_thread_refuses_to_fork(isolation: str, tmp_path) -> None:
    module = tmp_path / "starts_a_thread.py"
    module.write_text("import threading, time\nthreading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n")
    sandbox = Sandbox(isolation, preload=("starts_a_thread",), server="exec_server:serve", extra=(STAND_IN, module))
    with sandbox, pytest.raises(SandboxError, match="2 threads instead of one"):
        sandbox.session()


def test_a_module_that_cannot_be_imported_is_reported() -> None:
    with make_sandbox("best", preload=("no_such_module", "json")) as sandbox:
        assert list(sandbox.missing) == ["no_such_module"]


def test_check_one_thread_counts_this_process() -> None:
    import threading

    stop = threading.Event()
    thread = threading.Thread(target=stop.wait)
    thread.start()
    try:
        with pytest.raises(RuntimeError, match="threads instead of one"):
            check_one_thread()
    finally:
        stop.set()
        thread.join()


@pytest.mark.parametrize(("libraries", "there"), [((), []), (("peft", "transformers"), ["peft", "transformers"])])
def test_libraries_are_there_where_they_are_wanted_and_can_be_had_elsewhere(
    libraries: list[str], there: list[str]
) -> None:
    code = "import sys\nresult = sorted({'transformers', 'peft'} & set(sys.modules))\n"
    with make_sandbox("best", preload=modules_for(libraries)) as sandbox:
        assert sandbox.missing == {}
        with asking(sandbox) as learner:
            assert learner.ask(code) == there
            assert learner.ask("import peft\n" + code, 120) == ["peft", "transformers"]
