import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FRAMEWORK_PACKAGES = ['core', 'common', 'microservices', 'platform-fastify'];

/**
 * Packages that NestJS imports only when a program uses the feature that needs them (gRPC, MQTT, static files, …). They are left out of the bundles,
 * also where a development dependency happens to bring them along. What the project itself depends on is bundled.
 */
export const optionalPeers = (root) => {
  const own = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).dependencies;
  const optional = FRAMEWORK_PACKAGES.flatMap((name) => {
    const file = join(root, 'node_modules', '@nestjs', name, 'package.json');
    if (!existsSync(file)) return [];
    return Object.keys(JSON.parse(readFileSync(file, 'utf8')).peerDependenciesMeta ?? {});
  });
  // Not declared as peers, yet loaded on demand only.
  const undeclared = ['@grpc/proto-loader', 'class-transformer/storage', 'nats'];
  return [...new Set([...optional, ...undeclared])]
    .filter((name) => own[name] === undefined)
    .flatMap((name) => [name, `${name}/*`]);
};
