# The workflow with every package at the version with which docs/'s numbers were made. Built and tried by the public
# host's CI (.github/workflows/container.yml).
#   docker build -t invariances .
#   docker run --rm -v "$PWD:/work" -w /work invariances run photos --network timm/resnet50 --weights resnet50.safetensors
FROM python:3.11-slim-bookworm

# What Snakemake asks for a lock and a commit; a C compiler is not needed.
RUN apt-get update -qq \
 && apt-get install -y -qq --no-install-recommends git \
 && rm -rf /var/lib/apt/lists/*

# The packages first: they change less often than the code.
COPY envs /tmp/envs
RUN python -m pip install --no-cache-dir -r /tmp/envs/requirements.txt -c /tmp/envs/constraints.txt

COPY . /opt/invariances
RUN python -m pip install --no-cache-dir --no-deps /opt/invariances && rm -rf /opt/invariances /tmp/envs

ENTRYPOINT ["invariances"]
CMD ["--help"]
