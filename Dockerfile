# One program, two images: `docker build -t twokey .` is the bot, `--target runner` adds the PostgreSQL
# with which a runner restores. BASE may be any Debian with Node.js 20.19 or later and npm; POSTGRESQL
# is the packages of the versions to restore with, where BASE's archives have more than one.
ARG BASE=node:24-bookworm-slim

FROM ${BASE} AS build
WORKDIR /twokey
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npm run build && npm prune --omit=dev --ignore-scripts --no-audit --no-fund

FROM ${BASE} AS program
ENV NODE_ENV=production
WORKDIR /twokey
COPY --from=build /twokey/package.json /twokey/manifest.yml ./
COPY --from=build /twokey/node_modules node_modules
COPY --from=build /twokey/dist dist
COPY --from=build /twokey/commands commands
COPY --from=build /twokey/policies policies
COPY --from=build /twokey/schemas schemas
RUN ln -s /twokey/dist/main.js /usr/local/bin/twokey \
  && groupadd --gid 10001 twokey \
  && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin twokey
USER 10001:10001
ENTRYPOINT ["node", "/twokey/dist/main.js"]

FROM program AS runner
ARG POSTGRESQL=postgresql
USER root
# tini: a throwaway server that is ended at once leaves processes that somebody has to wait for. The
# folders: a new volume takes its owner from what it covers.
RUN mkdir -p /etc/postgresql-common/createcluster.d \
  && echo 'create_main_cluster = false' > /etc/postgresql-common/createcluster.d/twokey.conf \
  && apt-get update \
  && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends ${POSTGRESQL} openssl tini \
  && rm -rf /var/lib/apt/lists/* \
  && install -d -m 0711 -o twokey -g twokey /var/lib/twokey /srv/twokey
USER 10001:10001
ENTRYPOINT ["tini", "--", "node", "/twokey/dist/main.js"]

FROM program AS bot
