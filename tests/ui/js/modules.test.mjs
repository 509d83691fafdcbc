// Every module of the deck can be loaded without a page.

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import test from 'node:test';

const FOLDER = new URL('../../../explorer/ui/deck/js/', import.meta.url);

for (const name of readdirSync(FOLDER))
  test(`${name} needs no page to be loaded`, async () => {
    assert.equal(typeof document, 'undefined');
    assert.ok(Object.keys(await import(new URL(name, FOLDER))).length > 0);
  });
