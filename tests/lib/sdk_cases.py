"""The configurations for boto3 and sqs-pull, and where the two may differ.

A case is (name, dict) with any of: config, credentials (the two files' text), env, profile, region, endpoint (the
options). In env and files DIR stands for the folder of the files, LOCAL for the http address of the server."""

KEYS = "aws_access_key_id = AKA\naws_secret_access_key = s\n"
ENV_KEYS = {"AWS_ACCESS_KEY_ID": "ENV", "AWS_SECRET_ACCESS_KEY": "s"}
REGION = {"AWS_DEFAULT_REGION": "eu-west-1"}
WEB = {"AWS_WEB_IDENTITY_TOKEN_FILE": "DIR/token", "AWS_ROLE_ARN": "arn:aws:iam::1:role/pod"}
ROLE = "role_arn = arn:aws:iam::1:role/%s\n"

REGIONS = ("us-east-1", "eu-west-1", "il-central-1", "mx-central-1", "cn-north-1", "eusc-de-east-1", "us-iso-east-1",
           "us-isob-east-1", "eu-isoe-west-1", "us-isof-south-1", "us-gov-west-1", "xx-new-9")
VARIANTS = ("", "fips", "dualstack", "fips dualstack")


def partitions():
    """Hosts of SQS and STS: from the environment, from the profile, from the region name."""
    for region in REGIONS:
        for variant in VARIANTS:
            settings = "".join("use_%s_endpoint = true\n" % word for word in variant.split())
            yield ("%s %s" % (region, variant), {
                "config": "[default]\nregion = %s\n%s%s" % (region, ROLE % "r", "source_profile = base\n") + settings +
                          "[profile base]\n" + KEYS})
        yield "%s fips by variable" % region, {
            "env": ENV_KEYS | {"AWS_DEFAULT_REGION": region, "AWS_USE_FIPS_ENDPOINT": "TRUE"}}
    for region in ("fips-us-east-1", "us-gov-east-1-fips", "aws-global", "US-EAST-1", "us east", "us_east", "a" * 63):
        yield "the region " + region, {"env": ENV_KEYS | {"AWS_DEFAULT_REGION": region}}
    yield "a role in aws-global", {
        "config": "[default]\nregion = aws-global\n" + ROLE % "r" + "source_profile = base\n[profile base]\n" + KEYS}
    on = "[default]\nuse_fips_endpoint = true\nuse_dualstack_endpoint = true\n"
    off = {"AWS_USE_FIPS_ENDPOINT": "false", "AWS_USE_DUALSTACK_ENDPOINT": "False"}
    yield "variants switched off by variables", {"config": on, "env": ENV_KEYS | REGION | off}
    yield "a switch that is neither true nor false", {"env": ENV_KEYS | REGION | {"AWS_USE_FIPS_ENDPOINT": "yes"}}
    yield "fips and an endpoint", {"env": ENV_KEYS | REGION | {"AWS_USE_FIPS_ENDPOINT": "true",
                                                               "AWS_ENDPOINT_URL": "http://one.test"}}
    yield "dual stack and an endpoint by option", {
        "env": ENV_KEYS | REGION | {"AWS_USE_DUALSTACK_ENDPOINT": "true"}, "endpoint": "http://one.test"}


def spellings():
    """Ways to write a profile. Each has the profile "my own", or another with a name."""
    rest = "region = ap-south-1\n" + KEYS
    sections = ('"my own"', "'my own'", "my\\ own", '"my" own', "my own", '"my own', '  "my own"', '"my own" ', "'m'y\\ own",
                '"my \\"own"', "'my' 'own'")
    for section in sections:
        yield "[profile %s]" % section, {"config": "[profile %s]\n%s" % (section, rest), "profile": "my own"}
        yield "[%s] of credentials" % section, {"credentials": "[%s]\n%s" % (section, KEYS), "profile": "my own",
                                                "env": REGION}
    yield 'the name my "own', {"config": "[profile 'my \"own']\n" + rest, "profile": 'my "own'}
    for header in ("[default]", "[profile default]", "[profile 'default']", "[ default ]", "[default] # c", "[default]x",
                   "  [default]", "[DEFAULT]", "[default", "[]", "default", "[Default]", "[[default]]"):
        yield "header %s" % header, {"config": header + "\n" + rest}
    lines = {
        "indented": "  region = ap-south-1\n  aws_access_key_id = AKA\n  aws_secret_access_key = s\n",
        "indented by tabs": "\tregion = ap-south-1\n\taws_access_key_id = AKA\n\taws_secret_access_key = s\n",
        "indented less and less": "    region = ap-south-1\n  aws_access_key_id = AKA\naws_secret_access_key = s\n",
        "indented more and more": "region = ap-south-1\n  aws_access_key_id = AKA\n    aws_secret_access_key = s\n",
        "capitals": "Region = ap-south-1\nAWS_ACCESS_KEY_ID = AKA\nAws_Secret_Access_Key = s\n",
        "colons": "region: ap-south-1\naws_access_key_id : AKA\naws_secret_access_key:s\n",
        "colon first": "region: ap-south-1\naws_access_key_id:A=B\naws_secret_access_key = a:b=c\n",
        "no blanks": "region=ap-south-1\naws_access_key_id=AKA\naws_secret_access_key=s\n",
        "carriage returns": "region = ap-south-1\r\naws_access_key_id = AKA\r\naws_secret_access_key = s\r\n",
        "comments between": "# a\nregion = ap-south-1\n  ; b\naws_access_key_id = AKA\n# c\naws_secret_access_key = s\n",
        "blank lines": "\n\nregion = ap-south-1\n\naws_access_key_id = AKA\n \naws_secret_access_key = s\n\n",
        "a comment behind a value": "region = ap-south-1 # home\n" + KEYS,
        "a block before": "s3 =\n  max_queue_size = 5\n  region = no\n" + rest,
        "a block that is none": "s3 =\n  max_queue_size\n" + rest,
        "a value that goes on": "region = ap-south-1\n  # c\n" + KEYS + "output = a\n  b\n",
        "a key that goes on": rest.replace("AKA", "AKA\n  B"),
        "no sign": "region = ap-south-1\nnonsense\n" + KEYS,
        "no name": "= x\n" + rest,
        "a setting twice": "region = eu-west-1\n" + rest,
        "a setting twice, by case": "REGION = eu-west-1\n" + rest,
        "an empty value": "region =\n" + KEYS,
        "the old token": rest + "aws_security_token = OLD\n",
        "the token": rest + "aws_session_token = NEW\n",
        "both tokens": rest + "aws_session_token = NEW\naws_security_token = OLD\n",
    }
    for name, text in lines.items():
        yield "config: " + name, {"config": "[default]\n" + text}
        if "region" in text.lower():
            yield "credentials: " + name, {"credentials": "[default]\n" + text}
    yield "a section twice", {"config": "[default]\n%s[default]\nregion = eu-west-1\n" % rest}
    yield "a section by two spellings", {"config": "[profile default]\nregion = eu-west-1\noutput = x\n[default]\n" + rest}
    yield "a section by two spellings, turned", {"config": "[default]\n%s[profile default]\nregion = eu-west-1\n" % rest}
    yield "what DEFAULT has", {"config": "[DEFAULT]\n" + rest + "[profile x]\nregion = eu-west-3\n", "profile": "x"}
    yield "no section", {"config": rest}
    yield "a broken section of somebody else", {"config": "[default]\n" + rest + "[profile x]\nnonsense\n"}
    yield "sections of somebody else", {
        "config": "[plugins]\na = b\n[preview]\nc = true\n[sso-session x]\nsso_region = r\n[default]\n" + rest}


def endpoints():
    """The order of endpoints."""
    section = "[services s]\nsqs =\n  endpoint_url = http://section.test\nsts =\n  endpoint_url = http://sts.test\n"
    profile = "[default]\nservices = s\nendpoint_url = http://profile.test\n" + REGION_LINE
    everything = {"AWS_ENDPOINT_URL": "http://all.test", "AWS_ENDPOINT_URL_SQS": "http://sqs.test"}
    ignore = {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"}
    yield "the option", {"config": profile + section, "env": ENV_KEYS | everything, "endpoint": "http://option.test"}
    yield "the service's variable", {"config": profile + section, "env": ENV_KEYS | everything}
    yield "the variable", {"config": profile + section, "env": ENV_KEYS | {"AWS_ENDPOINT_URL": "http://all.test"}}
    yield "an empty variable", {"config": profile + section, "env": ENV_KEYS | {"AWS_ENDPOINT_URL": ""}}
    yield "the services section", {"config": profile + section, "env": ENV_KEYS}
    yield "the services section before", {"config": section + profile, "env": ENV_KEYS}
    yield "the services section, quoted", {
        "config": (profile + section).replace("services s]", "services 's t']").replace("= s\n", "= s t\n"), "env": ENV_KEYS}
    yield "a services section without it", {"config": profile + "[services s]\ns3 =\n  endpoint_url = http://no.test\n",
                                            "env": ENV_KEYS}
    yield "a services section that is empty", {"config": profile + "[services s]\n", "env": ENV_KEYS}
    yield "a services section that is not there", {"config": profile, "env": ENV_KEYS}
    yield "a services section, capitals", {"config": (profile + section).replace("sqs =", "SQS =")
                                           .replace("  endpoint_url = http://section", "  Endpoint_URL = http://section"),
                                           "env": ENV_KEYS}
    yield "a services section in credentials", {"config": profile, "credentials": section, "env": ENV_KEYS}
    yield "the profile's", {"config": profile.replace("services = s\n", ""), "env": ENV_KEYS}
    yield "the profile's in credentials", {"config": "[default]\n" + REGION_LINE,
                                           "credentials": "[default]\nendpoint_url = http://c.test\n", "env": ENV_KEYS}
    yield "ignored by variable", {"config": profile + section, "env": ENV_KEYS | everything | ignore}
    yield "ignored, but the option", {"config": profile + section, "env": ENV_KEYS | everything | ignore,
                                      "endpoint": "http://option.test"}
    yield "ignored by the profile", {"config": profile + "ignore_configured_endpoint_urls = True\n" + section,
                                     "env": ENV_KEYS | everything}
    yield "not ignored by variable", {
        "config": profile + "ignore_configured_endpoint_urls = true\n" + section,
        "env": ENV_KEYS | {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false"}}
    role = ROLE % "r" + "source_profile = base\n"
    base = "[profile base]\nendpoint_url = http://base.test\n" + KEYS
    yield "STS by the services section", {"config": profile + role + section + base}
    yield "STS by the profile", {"config": profile.replace("services = s\n", "") + role + base}
    yield "STS by variable", {"config": profile + role + section + base, "env": {"AWS_ENDPOINT_URL_STS": "http://v.test"}}
    yield "STS, ignored", {"config": profile + role + section + base, "env": ignore}
    yield "STS, only its source's", {"config": "[default]\n" + REGION_LINE + role + base}


REGION_LINE = "region = eu-central-1\n"


def orders():
    """The order of profiles, regions and credentials."""
    two = "[default]\nregion = eu-west-1\n" + KEYS + "[profile x]\nregion = eu-west-2\n" + KEYS.replace("AKA", "AKX")
    yield "AWS_PROFILE", {"config": two, "env": {"AWS_PROFILE": "x"}}
    yield "AWS_DEFAULT_PROFILE", {"config": two, "env": {"AWS_DEFAULT_PROFILE": "x"}}
    yield "both profiles", {"config": two, "env": {"AWS_DEFAULT_PROFILE": "x", "AWS_PROFILE": "default"}}
    yield "the profile by option", {"config": two, "env": {"AWS_PROFILE": "default"}, "profile": "x"}
    yield "the profile by option, keys by variable", {"config": two, "env": ENV_KEYS, "profile": "x"}
    yield "AWS_PROFILE, keys by variable", {"config": two, "env": ENV_KEYS | {"AWS_PROFILE": "x"}}
    yield "no such profile", {"config": two, "env": {"AWS_PROFILE": "nope"}}
    yield "an empty AWS_PROFILE", {"config": two, "env": {"AWS_PROFILE": ""}}
    yield "a profile of credentials alone", {"credentials": "[x]\n" + KEYS, "env": REGION | {"AWS_PROFILE": "x"}}
    yield "the region by option", {"config": two, "env": REGION, "region": "sa-east-1"}
    yield "the region by variable", {"config": two, "env": {"AWS_DEFAULT_REGION": "sa-east-1"}}
    yield "AWS_REGION", {"config": two, "env": {"AWS_REGION": "sa-east-1"}}
    yield "no region", {"env": ENV_KEYS}
    yield "no region, an endpoint", {"env": ENV_KEYS, "endpoint": "http://one.test"}
    yield "a key without a secret", {"env": REGION | {"AWS_ACCESS_KEY_ID": "ENV"}, "config": two}
    yield "a secret without a key", {"env": REGION | {"AWS_SECRET_ACCESS_KEY": "s"}, "config": two}
    yield "the token by variable", {"env": ENV_KEYS | REGION | {"AWS_SESSION_TOKEN": "NEW"}}
    yield "the old token by variable", {"env": ENV_KEYS | REGION | {"AWS_SECURITY_TOKEN": "OLD"}}
    yield "both tokens by variable", {"env": ENV_KEYS | REGION | {"AWS_SECURITY_TOKEN": "OLD", "AWS_SESSION_TOKEN": "NEW"}}
    yield "keys in both files", {"config": two, "credentials": "[default]\n" + KEYS.replace("AKA", "AKC")}
    yield "half of the keys in each file", {"config": "[default]\nregion = eu-west-1\naws_secret_access_key = s\n",
                                            "credentials": "[default]\naws_access_key_id = AKC\n"}
    yield "the region of credentials", {"config": two, "credentials": "[default]\nregion = us-west-2\n"}
    process = "[default]\n" + REGION_LINE + "credential_process = cat DIR/process\n"
    yield "a process", {"config": process}
    yield "a process and keys", {"config": process + KEYS}
    yield "a process and keys of credentials", {"config": process, "credentials": "[default]\n" + KEYS}
    yield "a process on two lines", {"config": process.replace("cat DIR", "cat\n  DIR")}
    yield "a process with a number sign", {"config": process.replace("cat DIR/process", "sh -c 'cat DIR/process ; : # x'")}
    yield "sso", {"config": two.replace("[profile", "sso_session = s\n[profile")}
    yield "login, and keys of credentials", {"config": "[default]\nlogin_session = arn\n" + REGION_LINE,
                                             "credentials": "[default]\n" + KEYS}
    yield "login, and keys of config", {"config": "[default]\nlogin_session = arn\n" + REGION_LINE + KEYS}
    yield "a web identity", {"env": WEB | REGION}
    yield "a web identity, named", {"env": WEB | REGION | {"AWS_ROLE_SESSION_NAME": "me"}}
    yield "a web identity before keys of a profile", {"env": WEB, "config": two}
    yield "a web identity before AWS_PROFILE", {"env": WEB | {"AWS_PROFILE": "x"}, "config": two}
    yield "a web identity, the profile by option", {"env": WEB, "config": two, "profile": "x"}
    yield "a web identity behind keys", {"env": WEB | ENV_KEYS, "config": two}
    yield "a web identity before a process", {"env": WEB, "config": process}
    yield "a web identity without its role", {"env": REGION | {"AWS_WEB_IDENTITY_TOKEN_FILE": "DIR/token"}}
    yield "a web identity without its file", {"env": REGION | {"AWS_ROLE_ARN": WEB["AWS_ROLE_ARN"]}, "config": two}
    yield "a web identity, its role by the profile", {
        "env": REGION | {"AWS_WEB_IDENTITY_TOKEN_FILE": "DIR/token"}, "config": "[default]\n" + ROLE % "p"}
    by_profile = "[default]\n" + REGION_LINE + ROLE % "p" + "web_identity_token_file = DIR/other\n"
    yield "a web identity by the profile", {"config": by_profile}
    yield "a web identity by both", {"env": WEB, "config": by_profile}
    yield "a web identity by the profile, its role by variable", {"env": {"AWS_ROLE_ARN": WEB["AWS_ROLE_ARN"]},
                                                                  "config": by_profile}
    chain = "[default]\n%s%ssource_profile = a\n[profile a]\n" % (REGION_LINE, ROLE % "far")
    yield "a role", {"config": chain + KEYS}
    yield "a role of a role", {"config": chain + ROLE % "near" + "source_profile = b\n[profile b]\n" + KEYS}
    yield "a role by a web identity", {"config": chain + ROLE % "near" + "web_identity_token_file = DIR/other\n"}
    yield "a role by a process", {"config": chain + "credential_process = cat DIR/process\n"}
    yield "a role before a web identity", {"env": WEB, "config": chain + KEYS}
    yield "a role behind keys", {"env": ENV_KEYS, "config": chain + KEYS}
    yield "a role of a quoted profile", {"config": (chain + KEYS).replace("= a\n", "= a b\n").replace("profile a]", "profile 'a b']")}
    yield "a role of itself", {"config": "[default]\n" + REGION_LINE + ROLE % "own" + "source_profile = default\n" + KEYS}
    yield "a role in a circle", {"config": chain + ROLE % "near" + "source_profile = default\n"}
    yield "a role of nobody", {"config": chain.replace("= a\n", "= z\n") + KEYS}
    yield "a role without a source", {"config": chain.replace("source_profile = a\n", "") + KEYS}
    source = "[default]\n" + REGION_LINE + ROLE % "r" + "credential_source = %s\n"
    container = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "LOCAL/container"}
    instance = {"AWS_EC2_METADATA_SERVICE_ENDPOINT": "LOCAL", "AWS_EC2_METADATA_DISABLED": "false"}
    yield "a role by the environment", {"config": source % "Environment", "env": ENV_KEYS | {"AWS_PROFILE": "default"}}
    yield "a role by the environment, by option", {"config": source % "Environment", "env": ENV_KEYS, "profile": "default"}
    yield "a role by the container", {"config": source % "EcsContainer", "env": container}
    yield "a role by the instance", {"config": source % "Ec2InstanceMetadata", "env": instance}
    yield "a role by something else", {"config": source % "Moon", "env": container}
    yield "a container", {"env": REGION | container}
    yield "a container behind a profile", {"env": container, "config": two}
    yield "a container before an instance", {"env": REGION | container | instance}
    yield "an instance", {"env": REGION | instance}
    yield "nothing", {"env": REGION}


def cases():
    """Yield all cases."""
    for group in (partitions, spellings, endpoints, orders):
        yield from group()


# Differences of sqs-pull, with the reason.
OLD_LIST = "boto3 asks an older list than its own endpoint rules, which have these hosts"
KEYS_FIRST = "keys go before what gets some, in either file; for boto3 only in one"
DIFFERENCES = {
    "eu-isoe-west-1 dualstack": OLD_LIST,
    "eu-isoe-west-1 fips dualstack": OLD_LIST,
    "us-isof-south-1 dualstack": OLD_LIST,
    "us-isof-south-1 fips dualstack": OLD_LIST,
    "the region US-EAST-1": "boto3 signs for a region that AWS does not know; refused before anything is sent",
    "a switch that is neither true nor false": "boto3 takes yes for false; what is not understood is an error",
    "header [ default ]": "boto3 passes the section over; other SDKs take it for the profile, and so does sqs-pull",
    "header [default]x": "boto3 passes over what stands behind; what is not understood is an error",
    "an empty AWS_PROFILE": "an empty variable counts as none, as everywhere in sqs2pg",
    "AWS_REGION": "boto3 does not know it; the other SDKs, Lambda and ECS do",
    "no region, an endpoint": "stand-ins of SQS need no region; us-east-1 is signed for",
    "a secret without a key": "boto3 passes over half of a key pair of the environment; said, as the other half is",
    "a process and keys": KEYS_FIRST,
    "login, and keys of config": KEYS_FIRST,
    "half of the keys in each file": "the two files are one profile",
}
