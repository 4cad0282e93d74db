# syntax=docker/dockerfile:1
# The app and its migrations, as an unprivileged user. Migrations are a command of their own:
#   docker run --rm -e DATABASE_OWNER_URL=... parley npm run db:migrate

FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
# Nothing needs an install script: every binary comes as an npm package of its own.
RUN npm ci --ignore-scripts
COPY . .
RUN npm run db:generate && npm run build && mkdir -p var/reports

FROM node:24-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts

FROM node:24-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/build ./build
# Operators' scripts run from source: they use the same nouns as the app.
COPY --from=build /app/server ./server
# The isolation certificate of the tests that ran before this image was built; without it /admin/system says so.
COPY --from=build /app/var/reports ./var/reports
COPY package.json tsconfig.json prisma.config.ts ./
COPY prisma ./prisma
COPY scripts ./scripts
USER node
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["node", "scripts/check-health.mjs"]
ENV UV_THREADPOOL_SIZE=8
# Node itself is process 1, so that SIGTERM reaches the shutdown.
CMD ["node", "scripts/start.mjs"]
