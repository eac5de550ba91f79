# One image for every process of Everpost; the command picks which: dist/cli/migrate.js, dist/api/main.js,
# dist/workers/main.js, dist/ingress/main.js (docker-compose.yml).
FROM node:24-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json ./

FROM packages AS build
RUN npm ci
COPY . .
RUN npm run build

FROM packages AS production-packages
# What is optional (a Node, an embedded Postgres) is for a checkout; no package that is left needs its install script.
RUN npm ci --omit=dev --omit=optional --ignore-scripts

FROM node:24-bookworm-slim
ENV NODE_ENV=production \
    EVERPOST_HOME=/var/lib/everpost \
    HOME=/tmp
WORKDIR /app
# The home is made here with its owner: a new volume takes both from the image.
RUN groupadd --system --gid 10001 everpost \
  && useradd --system --uid 10001 --gid everpost --no-create-home --home-dir /nonexistent everpost \
  && install --directory --owner everpost --group everpost --mode 700 /var/lib/everpost
COPY --from=production-packages /app/node_modules node_modules
COPY package.json LICENSE ./
COPY migrations migrations
COPY samples samples
COPY weights weights
COPY deploy/healthcheck.mjs deploy/healthcheck.mjs
COPY --from=build /app/dist dist
USER 10001:10001
VOLUME /var/lib/everpost
# 3000 API, 2525 SMTP, 2587 submission; a worker listens on its own loopback address alone.
EXPOSE 3000 2525 2587
CMD ["node", "dist/api/main.js"]
