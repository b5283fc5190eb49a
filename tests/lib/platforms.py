"""Check the files in deploy/ for other platforms.

    platforms.py kubernetes FOLDER STATUS-HEADER VERSION...
    platforms.py terraform FOLDER POLICY

The first builds each overlay, with those features of kustomize that are used here. It checks the
result against the schemas of those versions of Kubernetes, the fields of KEDA (keda.json) and the
promises of all overlays. It prints a line for each overlay. The second parses the module and prints
the policy of the role.
"""

import json
import os
import re
import sys

# Objects already checked against the schemas, as version and text.
VALID = set()


def overlay(folder):
    """Return the objects of a kustomization and of those below it."""
    import yaml
    with open(os.path.join(folder, "kustomization.yaml"), encoding="utf-8") as file:
        own = yaml.load(file, yaml.CSafeLoader)
    assert set(own) == {"apiVersion", "kind", "resources"}, f"{folder}: other fields: {sorted(own)}"
    assert (own["apiVersion"], own["kind"]) == ("kustomize.config.k8s.io/v1beta1", "Kustomization"), folder
    made = []
    for name in own["resources"]:
        path = os.path.join(folder, name)
        if os.path.isdir(path):
            made += overlay(path)
        else:
            with open(path, encoding="utf-8") as file:
                made += list(yaml.load_all(file, yaml.CSafeLoader))
    for item in made:
        same = [(other["kind"], other["metadata"]["name"]) for other in made]
        assert same.count((item["kind"], item["metadata"]["name"])) == 1, f"{folder}: twice: {item['kind']}"
    return made


def job_of(item):
    """Return the specification of the Job that an object starts, or None."""
    spec = item.get("spec", {})
    return {"Job": spec, "CronJob": spec.get("jobTemplate", {}).get("spec"),
            "ScaledJob": spec.get("jobTargetRef")}.get(item["kind"])


def hold_to_schema(item, versions):
    import jsonschema
    import kubernetes_validate
    if item["apiVersion"].startswith("keda.sh/"):
        with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "keda.json"), encoding="utf-8") as file:
            keda = json.load(file)
        assert set(item) == {"apiVersion", "kind", "metadata", "spec"} and item["apiVersion"] == "keda.sh/v1alpha1"
        jsonschema.validate(item["spec"], keda["kinds"][item["kind"]])
        for trigger in item["spec"].get("triggers", []):
            jsonschema.validate(trigger["metadata"], keda[trigger["type"]])
        if job_of(item):
            item = {"apiVersion": "batch/v1", "kind": "Job", "metadata": item["metadata"], "spec": job_of(item)}
        else:
            return
    for version in versions:
        # The schemas are read each time, and most objects are in several overlays.
        known = version + json.dumps(item)
        if known not in VALID:
            kubernetes_validate.validate(item, version, strict=True)
            VALID.add(known)


def hold_to_promises(objects, statuses):
    """Check what is the same in all overlays; return the pod without the parts that may differ."""
    by_kind = {item["kind"]: item for item in objects}
    names = {(item["kind"], item["metadata"]["name"]) for item in objects}
    settings, pods = by_kind["ConfigMap"]["data"], []
    for item in objects:
        job = job_of(item)
        if job:
            pods.append(job["template"])
            rules = job["podFailurePolicy"]["rules"]
            by_action = {rule["action"]: rule for rule in rules}
            assert [rule["action"] for rule in rules] == ["Ignore", "FailJob", "Count"], item["kind"]
            assert by_action["Ignore"]["onPodConditions"] == [{"type": "DisruptionTarget", "status": "True"}]
            assert by_action["Count"]["onExitCodes"]["values"] == [75] and job["backoffLimit"] > 0
            failing = by_action["FailJob"]["onExitCodes"]["values"]
            assert failing == sorted(statuses - {0, 75}), f"{item['kind']} fails by {failing}"
            assert job["template"]["spec"]["restartPolicy"] == "Never"
            assert "--follow" not in job["template"]["spec"]["containers"][0]["args"]
        elif item["kind"] == "Deployment":
            pods.append(item["spec"]["template"])
            assert "replicas" not in item["spec"], "KEDA must set the number of replicas"
            container = item["spec"]["template"]["spec"]["containers"][0]
            assert container["args"][0] == "--follow"
            assert container["readinessProbe"]["exec"]["command"][:2] == ["sqs2pg-status", "--health"]
            assert "livenessProbe" not in container
        for trigger in item["spec"].get("triggers", []) if item["kind"].startswith("Scaled") else []:
            has = trigger["metadata"]
            assert has["scaleOnInFlight"] == "false", "messages in flight would be counted"
            assert has["queueURL"] == settings["SQS_QUEUE_URL"] and f".{has['awsRegion']}." in has["queueURL"]
            assert ("TriggerAuthentication", trigger["authenticationRef"]["name"]) in names
        if item["kind"] == "ScaledObject":
            assert ("Deployment", item["spec"]["scaleTargetRef"]["name"]) in names
        if item["kind"] == "CronJob":
            assert item["spec"]["concurrencyPolicy"] == "Forbid"
    assert len(pods) == 1
    labels, spec = pods[0]["metadata"]["labels"], pods[0]["spec"]
    for kind, where in (("NetworkPolicy", "podSelector"), ("PodDisruptionBudget", "selector"),
                        ("Deployment", "selector")):
        assert kind not in by_kind or by_kind[kind]["spec"][where]["matchLabels"] == labels, kind
    account = by_kind["ServiceAccount"]
    assert spec["serviceAccountName"] == account["metadata"]["name"]
    assert re.match(r"arn:aws:iam::\d{12}:role/", account["metadata"]["annotations"]["eks.amazonaws.com/role-arn"])
    hold_pod_to_promises(spec, settings)
    for free in ("args", "readinessProbe"):
        spec["containers"][0].pop(free, None)
    spec.pop("restartPolicy", None)
    return pods[0]


def hold_pod_to_promises(spec, settings):
    """Check rights and secrets: no root, nothing writable but /tmp, no secret in a variable."""
    (container,), rights = spec["containers"], spec["securityContext"]
    assert rights["runAsNonRoot"] is True and rights["runAsUser"] == 65534
    assert rights["seccompProfile"] == {"type": "RuntimeDefault"}
    own = container["securityContext"]
    assert own["readOnlyRootFilesystem"] is True and own["allowPrivilegeEscalation"] is False
    assert own["capabilities"] == {"drop": ["ALL"]}
    assert "env" not in container, "a variable outside of the settings"
    assert container["envFrom"] == [{"configMapRef": {"name": "sqs2pg-settings"}}]
    assert not [name for name in settings if re.search("PASS|SECRET|TOKEN", name)]
    mounts = {mount["name"]: mount for mount in container["volumeMounts"]}
    for volume in spec["volumes"]:
        if "secret" in volume:
            assert volume["secret"]["defaultMode"] == 0o440 and mounts[volume["name"]]["readOnly"] is True
            for name in ("SQS2PG_KEY_FILE", "PGSERVICEFILE"):
                assert os.path.dirname(settings[name]) == mounts[volume["name"]]["mountPath"], name
        else:
            assert mounts[volume["name"]]["mountPath"] == settings["SQS2PG_LOCK_DIR"] == "/tmp"


def kubernetes(folder, header, *versions):
    with open(header, encoding="utf-8") as file:
        statuses = {int(number) for number in re.findall(r"^\s+STATUS_\w+ = (\d+)", file.read(), re.M)}
    assert len(statuses) == 10
    pods = {}
    for name in sorted(os.listdir(os.path.join(folder, "overlays"))):
        objects = overlay(os.path.join(folder, "overlays", name))
        for item in objects:
            hold_to_schema(item, versions)
        pods[name] = hold_to_promises(objects, statuses)
        assert pods[name] == pods[min(pods)], f"{name} has a different pod from {min(pods)}"
        print(name, *sorted(item["kind"] for item in objects))


def terraform(folder, policy):
    import hcl2
    names = [os.path.join(folder, name) for name in sorted(os.listdir(folder)) if name.endswith(".tf")]
    texts = []
    for name in names:
        with open(name, encoding="utf-8") as file:
            texts.append(file.read())
    # By kind. Texts that the parser leaves in quotes lose them; resources are "TYPE.NAME".
    whole = {"resource": {}, "locals": {}, "variable": {}, "output": {}}
    for text in texts:
        parsed = hcl2.loads(text)
        for block in parsed.get("locals", []):
            whole["locals"].update(block)
        for kind in ("variable", "output"):
            for block in parsed.get(kind, []):
                whole[kind].update({name.strip('"'): inner for name, inner in block.items()})
        for block in parsed.get("resource", []):
            for first, inner in block.items():
                for second in inner if isinstance(inner, dict) else []:
                    whole["resource"][f"{first}.{second}".replace('"', "")] = inner[second]
    with open(policy, encoding="utf-8") as file:
        made = file.read()
    # Follow the chain of replace() from the file to the policy of the role, as locals has it.
    role, step, chain = whole["resource"]["aws_iam_role_policy.loader"]["policy"], "policy", []
    assert role == "${local.policy}", role
    while step != "example":
        step, old, new = re.fullmatch(r'\$\{replace\(local\.(\w+), "([^"]+)", (.+)\)\}', whole["locals"][step]).groups()
        chain.insert(0, (old, new))
    assert "../iam-policy.json" in whole["locals"]["example"]
    for old, new in chain:
        assert old in made, f"{old} is not in the policy"
        made = made.replace(old, new.strip('"'))
        owner = re.fullmatch(r"(aws_\w+\.\w+)\.arn", new)
        assert not owner or owner.group(1) in whole["resource"], new
    queue = whole["resource"]["aws_sqs_queue.events"]
    assert "var.max_receive_count" in queue["redrive_policy"] and "aws_sqs_queue.dead_letter.arn" in queue["redrive_policy"]
    for queue in ("events", "dead_letter"):
        assert whole["resource"][f"aws_sqs_queue.{queue}"]["kms_master_key_id"] == "${aws_kms_key.queue.arn}"
    assert sum(name.startswith("aws_cloudwatch_metric_alarm.") for name in whole["resource"]) == 3
    # Each variable is used, and each used one exists; so does each resource.
    text = "".join(texts)
    assert set(re.findall(r"\bvar\.(\w+)", text)) == set(whole["variable"])
    code = re.sub(r'"[^"$]*"|#.*', "", text)
    for used in re.findall(r"(?<!data\.)\b(aws_[a-z_]+\.[a-z_]+)\.", code):
        assert used in whole["resource"], used
    print(made)


if __name__ == "__main__":
    {"kubernetes": kubernetes, "terraform": terraform}[sys.argv[1]](*sys.argv[2:])
