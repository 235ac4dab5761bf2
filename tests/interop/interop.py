"""exosphered dev + the PyPI SDK: a graph Python -> C++ -> Python must end SUCCESS, with the right data at every hop."""
import asyncio
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

from exospherehost import GraphNodeModel, RetryPolicyModel, RetryStrategyEnum, StateManager

NAMESPACE = "interop"
HERE = pathlib.Path(__file__).parent
DEADLINE_S = 90


def start_daemon(exosphered: str, plugins: str, data_dir: str) -> tuple[subprocess.Popen, dict[str, str]]:
    daemon = subprocess.Popen(
        [exosphered, "dev", "--plugin-dir", plugins, "--listen", "127.0.0.1:0", "--data-dir", data_dir,
         "--namespace", NAMESPACE],
        stdout=subprocess.PIPE, text=True)
    environment = {}
    for line in daemon.stdout:
        name, _, value = line.strip().removeprefix("export ").partition("=")
        if name.startswith("EXOSPHERE_"):
            environment[name] = value.strip("'\"")
        if {"EXOSPHERE_STATE_MANAGER_URI", "EXOSPHERE_API_KEY"} <= environment.keys():
            return daemon, environment
    raise SystemExit(f"exosphered dev ended with {daemon.wait()} before it printed its environment lines")


def get(path: str) -> dict:
    request = urllib.request.Request(
        f"{os.environ['EXOSPHERE_STATE_MANAGER_URI']}/v0/namespace/{NAMESPACE}/{path}",
        headers={"x-api-key": os.environ["EXOSPHERE_API_KEY"]})
    with urllib.request.urlopen(request, timeout=10) as response:
        return json.load(response)


def wait_for(what: str, condition, deadline: float):
    while time.monotonic() < deadline:
        if (value := condition()) is not None:
            return value
        time.sleep(0.1)
    raise SystemExit(f"interop failed: waited in vain for {what}")


def registered(names: set[str]) -> dict | None:
    nodes = {node["name"]: node for node in get("nodes/")["nodes"]}
    return nodes if names <= nodes.keys() else None


def graph(nodes: dict) -> list[GraphNodeModel]:
    # A graph names every input of a node, also those with defaults.
    uppercase = {name: field.get("default", "") for name, field in nodes["Uppercase"]["inputs_schema"]["properties"].items()}
    uppercase["text"] = "${{ greet.outputs.greeting }}"
    return [
        GraphNodeModel(node_name="PyGreeting", namespace=NAMESPACE, identifier="greet",
                       inputs={"name": "nobody"}, next_nodes=["shout"]),
        GraphNodeModel(node_name="Uppercase", namespace=NAMESPACE, identifier="shout", inputs=uppercase,
                       next_nodes=["measure"]),
        GraphNodeModel(node_name="PyLength", namespace=NAMESPACE, identifier="measure",
                       inputs={"text": "${{ shout.outputs.text }}"}, next_nodes=[]),
    ]


async def run_graph(nodes: dict) -> str:
    manager = StateManager(namespace=NAMESPACE)
    answer = await manager.upsert_graph(
        graph_name="mixed", graph_nodes=graph(nodes), secrets={"punctuation": "!"},
        retry_policy=RetryPolicyModel(max_retries=1, strategy=RetryStrategyEnum.FIXED, backoff_factor=100))
    assert answer["validation_status"] == "VALID", answer
    return (await manager.trigger("mixed", inputs={"name": "wörld"}))["run_id"]


def outputs(run_id: str) -> dict:
    states = get(f"states/run/{run_id}/graph")["nodes"]
    return {s["identifier"]: get(f"graph/mixed/run/{run_id}/node/{s['id']}")["outputs"] for s in states}


def main() -> int:
    deadline = time.monotonic() + DEADLINE_S
    with tempfile.TemporaryDirectory() as scratch:
        daemon, environment = start_daemon(sys.argv[1], sys.argv[2], f"{scratch}/data")
        os.environ |= environment
        runtime = subprocess.Popen([sys.executable, str(HERE / "python_nodes.py")])
        try:
            nodes = wait_for("both runtimes' registrations",
                             lambda: registered({"PyGreeting", "PyLength", "Uppercase"}), deadline)
            run_id = asyncio.run(run_graph(nodes))
            run = wait_for("the run's end", lambda: next(
                (r for r in get("runs/1/10")["runs"] if r["run_id"] == run_id and r["status"] != "PENDING"), None),
                deadline)
            assert run["status"] == "SUCCESS", run
            found = outputs(run_id)
            assert found == {"greet": {"greeting": "hello wörld!"}, "shout": {"text": found["shout"]["text"]},
                             "measure": {"length": "12"}}, found
            assert found["shout"]["text"].startswith("HELLO W"), found
            daemon.send_signal(signal.SIGTERM)
            assert daemon.wait(timeout=30) == 0, f"exosphered dev ended with {daemon.returncode}"
        finally:
            for process in (runtime, daemon):
                if process.poll() is None:
                    process.kill()
                process.wait()
    print(f"interop passed: run {run_id}: PyGreeting -> Uppercase (C++) -> PyLength: {found}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
