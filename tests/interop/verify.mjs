// @noble/curves as a second opinion over stdin and stdout.
import { frostOperations } from './frost.mjs';
import { serve } from './lines.mjs';
import { signatureOperations } from './signatures.mjs';

await serve({ ...signatureOperations, ...frostOperations });
