// Node 18, which Debian 12 and Ubuntu 24.04 ship, has WebCrypto but no global for it. Import this before @noble/curves.
import { webcrypto } from 'node:crypto';

globalThis.crypto ??= webcrypto;
