// The test services, read from the same .proto files that the .NET tests compile.
import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';
import { fileURLToPath } from 'node:url';

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));

const load = (file, folder) => grpc.loadPackageDefinition(loader.loadSync(file, {
  includeDirs: [path(folder)], longs: String, enums: String, defaults: true, oneofs: true,
}));

export const { Echo } = load('echo.proto', '../Quorate.Rpc.Tests/Protos').quorate.rpc.tests.v1;
export const { Health } = load('grpc/health/v1/health.proto', '../../proto').grpc.health.v1;
export const { ServerReflection } = load('grpc/reflection/v1/reflection.proto', '../../proto').grpc.reflection.v1;
export const messageSizeMax = 4 * 1024 * 1024;
