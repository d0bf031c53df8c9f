# Stands in for the image postgres:17-bookworm, which cannot be had without a registry: Debian's server,
# with the variables that compose.yml sets.
FROM twokey-runner
USER root
RUN install -d -o postgres -g postgres /var/lib/postgresql/data
COPY postgres.sh /
USER postgres
VOLUME /var/lib/postgresql/data
ENTRYPOINT ["/postgres.sh"]
