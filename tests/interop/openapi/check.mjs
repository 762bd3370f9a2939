// docs/openapi.json as others read it: whether it is OpenAPI 3.1, and whether an answer is what it says.
import { readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import Ajv from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { serve } from '../lines.mjs';

const document = JSON.parse(readFileSync(new URL('../../../docs/openapi.json', import.meta.url)));

// Clients take members that they do not know; the server has none that the document does not know.
const closed = structuredClone(document);
for (const [name, schema] of Object.entries(closed.components.schemas))
  if (schema.type === 'object' && name !== 'Problem')
    schema.additionalProperties = false;
const ajv = new Ajv({ allErrors: true, strict: false });
addFormats(ajv);
ajv.addFormat('int64', /^-?\d+$/).addFormat('uint64', /^\d+$/);
ajv.addSchema(closed, 'openapi');
const pointer = (parts) => parts.map((p) => p.replaceAll('~', '~0').replaceAll('/', '~1')).map(encodeURIComponent).join('/');
const compiled = new Map();
function check(at, value) {
  const ref = `openapi#/${pointer(at)}`;
  if (!compiled.has(ref))
    compiled.set(ref, ajv.compile({ $ref: ref }));
  const validate = compiled.get(ref);
  return validate(value) ? [] : validate.errors.map((e) => `${e.instancePath} ${e.message} ${JSON.stringify(e.params)}`);
}

const operations = Object.entries(document.paths).flatMap(([path, item]) => Object.entries(item).map(([method, operation]) => ({
  path, method, operation, literals: path.split(/\{\w+\}/).join('').length,
  pattern: new RegExp(`^${path.split(/\{\w+\}/).map((p) => p.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('[^/]+')}$`),
})));
// The most literal first, as the server has it.
operations.sort((a, b) => b.literals - a.literals);

serve({
  document: async () => {
    const { valid, errors } = await new Validator().validate(structuredClone(document));
    return { valid, errors: errors ?? [] };
  },

  answer: async ({ method, path, status, type, headers, body }) => {
    const found = operations.find((o) => o.method === method.toLowerCase() && o.pattern.test(path));
    if (!found)
      return { operation: null, problems: [`${method} ${path} is no operation`] };
    const response = found.operation.responses[status];
    if (!response)
      return { operation: found.operation.operationId, problems: [`status ${status} is not documented`] };
    const at = ['paths', found.path, found.method, 'responses', `${status}`];
    if (!response.content[type])
      return { operation: found.operation.operationId, problems: [`content ${type} is not documented`] };
    const problems = check([...at, 'content', type, 'schema'], body);
    if (response['x-codes'] && !response['x-codes'].includes(body.code))
      problems.push(`code ${body.code} is not documented`);
    for (const [name, { $ref }] of Object.entries(response.headers ?? {})) {
      const value = headers[name.toLowerCase()];
      if (value !== undefined)
        problems.push(...check([...$ref.slice(2).split('/'), 'schema'], name === 'Retry-After' ? Number(value) : value));
    }
    return { operation: found.operation.operationId, problems };
  },
});
