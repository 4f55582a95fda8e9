/** Breaking changes of the API: each kind is planted and must be named, and what breaks nobody must not be. docs/api.md */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { document as committed } from '#test/support/documented/document.ts';
import { committedAtBase } from '../../scripts/openapi/base.ts';
import { breachText } from '../../scripts/openapi/breach.ts';
import { breachesOf, isNewMajor } from '../../scripts/openapi/breaches.ts';
import { edited, id, page, small, text, type Edit } from './small-api.ts';

const thing = 'paths /v1/things/{id}';
const get = `${thing} get`;
const post = `${thing} post`;
const schemas = 'components schemas';
const change = `${schemas} Change properties`;
const view = `${schemas} View properties`;
const asked = 'POST /v1/things/{id} body';
const told = 'GET /v1/things/{id} 200';

type Plant = readonly [named: string, ...edits: Edit[]];

const ofOperations: Readonly<Record<string, Plant>> = {
  'a path that is gone': ['GET /v1/things/{id}: the operation is gone', [thing, undefined]],
  'a method that is gone': ['POST /v1/things/{id}: the operation is gone', [post, undefined]],
  'another operation id': ['GET /v1/things/{id}: its id was thing, is it', [`${get} operationId`, 'it']],
  'a signature where nothing was asked': [
    'GET /v1/things/{id}: asks for signed now',
    [`${get} security`, [{ signed: [] }]],
  ],
  'a parameter that is gone': ['query limit: the parameter is gone', [`${get} parameters`, [id]]],
  'a parameter that must be sent': [
    'query as: a parameter that must be sent now',
    [`${get} parameters 2`, { name: 'as', in: 'query', required: true, schema: text }],
  ],
  'a parameter that may not be left out any more': [
    'query limit: a parameter that must be sent now',
    [`${get} parameters 1 required`, true],
  ],
  'a parameter with a closer bound': [
    'query limit: maximum was 100, is 50',
    [`${get} parameters 1 schema maximum`, 50],
  ],
  'a parameter with a bound': [
    'path id: maximum was open, is 50',
    [`${get} parameters 0 schema maximum`, 50],
  ],
  'a parameter of another type': [
    'path id: the type was ["integer"], is ["string"]',
    [`${get} parameters 0 schema`, text],
  ],
};

const ofBodies: Readonly<Record<string, Plant>> = {
  'a body that is gone': ['body: the body is gone', [`${post} requestBody`, undefined]],
  'a body that must be sent': [
    'GET /v1/things/{id} body: a body that must be sent now',
    [`${get} requestBody`, { required: true, content: {} }],
  ],
  'a media type that is gone': [
    'body: application/json is gone',
    [`${post} requestBody content`, { 'application/cbor': {} }],
  ],
  'a field that must be sent': [
    `${asked}.kind: a field that must be sent now`,
    [`${schemas} Change required`, ['name', 'kind']],
  ],
  'a new field that must be sent': [
    `${asked}.more: a field that must be sent now`,
    [`${change} more`, text],
    [`${schemas} Change required`, ['name', 'more']],
  ],
  'a field that is gone': [`${asked}.kind: the field is gone`, [`${change} kind`, undefined]],
  'a value that is not taken any more': [
    `${asked}.kind: the list of values was ["x","y"], is ["x"]`,
    [`${change} kind enum`, ['x']],
  ],
  'a list of values where any was taken': [
    `${asked}.list[]: the list of values was open, is ["a"]`,
    [`${change} list items enum`, ['a']],
  ],
  'a lower maximum, behind a reference': [
    `${asked}.count: maximum was 9, is 8`,
    [`${schemas} Count maximum`, 8],
  ],
  'a higher minimum': [`${asked}.count: minimum was 0, is 1`, [`${schemas} Count minimum`, 1]],
  'a shorter text': [`${asked}.name: maxLength was 10, is 9`, [`${change} name maxLength`, 9]],
  'another pattern': [`${asked}.name: pattern was ^a, is ^b`, [`${change} name pattern`, '^b']],
  'a format': [`${asked}.name: format was open, is uuid`, [`${change} name format`, 'uuid']],
  'a shorter list': [`${asked}.list: maxItems was 5, is 4`, [`${change} list maxItems`, 4]],
  'another type in a list': [
    `${asked}.list[]: the type was ["string"], is ["integer"]`,
    [`${change} list items type`, 'integer'],
  ],
  'one of several types less': [
    `${asked}.either: the type was ["integer"], is ["string"]`,
    [`${change} either anyOf`, [text]],
  ],
};

const ofAnswers: Readonly<Record<string, Plant>> = {
  'one that is gone': [
    `${told}: the answer is gone`,
    [`${get} responses`, { 204: { description: 'nothing' } }],
  ],
  'a media type that is gone': [
    `${told}: application/json is gone`,
    [`${get} responses 200 content`, { 'text/plain': {} }],
  ],
  'a header that is gone': [`${told} header ETag: the header is gone`, [`${get} responses 200 headers`, {}]],
  'a field that is gone': [
    `${told}.size: the field is gone`,
    [`${view} size`, undefined],
    [`${schemas} View required`, ['state', 'parts']],
  ],
  'a field that may be missing': [
    `${told}.size: a field that was always there`,
    [`${schemas} View required`, ['state', 'parts']],
  ],
  'an optional field that is gone': [`${told}.note: the field is gone`, [`${view} note`, undefined]],
  'a field more, where readers take no other': [
    `${told}.more: a new field, where readers took no other`,
    [`${view} more`, text],
  ],
  'being open to other fields': [
    `${told}: other fields are possible on one side alone`,
    [`${schemas} View additionalProperties`, undefined],
  ],
  'a value that readers do not know': [
    `${told}.state: the list of values was ["on","off"], is ["on","off","idle"]`,
    [`${view} state enum`, ['on', 'off', 'idle']],
  ],
  'a wider bound': [`${told}.size: minimum was 0, is -1`, [`${view} size minimum`, -1]],
  'null where there was none': [
    `${told}.size: the type was ["integer"], is ["integer","null"]`,
    [`${view} size type`, ['integer', 'null']],
  ],
  'another type deep inside': [
    `${told}.parts[].at: the type was ["integer","null"], is ["integer","null","string"]`,
    [`${view} parts items properties at type`, ['integer', 'null', 'string']],
  ],
};

const harmless: Readonly<Record<string, readonly Edit[]>> = {
  nothing: [],
  words: [[`${get} description`, 'other words']],
  'an operation more': [['paths /v1/more', { get: { operationId: 'more', responses: {} } }]],
  'a parameter more that may be left out': [
    [`${get} parameters 2`, { name: 'as', in: 'query', required: false, schema: text }],
  ],
  'a wider parameter': [[`${get} parameters 1`, { ...page, schema: { type: 'number' } }]],
  'a field of a body more that may be left out': [[`${change} more`, text]],
  'a value more that is taken': [[`${change} kind enum`, ['x', 'y', 'z']]],
  'a field of a body that may be left out now': [[`${schemas} Change required`, []]],
  'a value fewer in answers': [[`${view} state enum`, ['on']]],
  'a field of an answer that is always there now': [
    [`${schemas} View required`, ['state', 'size', 'parts', 'note']],
  ],
  'a closer bound of an answer': [[`${view} size minimum`, 1]],
  'a refusal more': [[`${get} responses 410`, { description: 'gone' }]],
  'the same behind another name': [
    [`${schemas} Seen`, small.components.schemas.View],
    [`${get} responses 200 content application/json schema $ref`, '#/components/schemas/Seen'],
  ],
};

const breaches = (edits: readonly Edit[]) =>
  breachesOf({ old: small, new: edited(small, edits) }).map(breachText);

describe('a change of the API that breaks', () => {
  const kinds = { 'of operations': ofOperations, 'of bodies': ofBodies, 'of answers': ofAnswers };
  for (const [kind, plants] of Object.entries(kinds))
    for (const [what, [named, ...edits]] of Object.entries(plants))
      it(`is named, ${kind}: ${what}`, () => {
        const found = breaches(edits);
        expect(
          found.some((one) => one.endsWith(named)),
          found.join('\n'),
        ).to.equal(true);
      });

  for (const [what, edits] of Object.entries(harmless))
    it(`is not ${what}`, () => expect(breaches(edits)).to.deep.equal([]));

  it('is each way to say who asks that is not enough any more', () => {
    const asking = (security: readonly object[]) => edited(small, [[`${get} security`, security]]);
    const between = (old: readonly object[], now: readonly object[]) =>
      breachesOf({ old: asking(old), new: asking(now) }).map(breachText);
    const [signed, token, both] = [{ signed: [] }, { token: ['read'] }, { signed: [], token: [] }];
    const place = 'GET /v1/things/{id}: asks for';
    expect(between([signed], [token, signed])).to.deep.equal([]);
    expect(between([both], [signed])).to.deep.equal([]);
    expect(between([signed], [])).to.deep.equal([]);
    expect(between([signed, token], [signed])).to.deep.equal([
      `${place} signed now, and token and token for read is not enough`,
    ]);
    expect(between([signed], [both])).to.deep.equal([
      `${place} signed and token now, and signed is not enough`,
    ]);
    expect(between([token], [{ token: ['read', 'write'] }])).to.have.length(1);
  });

  it('is allowed by a new major version alone', () => {
    const isMajor = (...edits: Edit[]) => isNewMajor({ old: small, new: edited(small, edits) });
    expect(isMajor()).to.equal(false);
    expect(isMajor(['info version', '1.5.0'])).to.equal(false);
    expect(isMajor(['info version', '2.0.0'])).to.equal(true);
    expect(isMajor(['paths', { '/v2/things': {} }])).to.equal(true);
  });

  it('is found in our own document', () => {
    const shorter = edited(committed, [['components schemas JobView properties rounds', undefined]]);
    const found = breachesOf({ old: committed, new: shorter }).map(breachText);
    expect(found).to.include('GET /v1/jobs/{job} 200.rounds: the field is gone');
    expect(found).to.include('GET /v1/jobs 200[].rounds: the field is gone');
    expect(breachesOf({ old: committed, new: committed })).to.deep.equal([]);
  });
});

describe('scripts/openapi.ts', () => {
  const script = ['--import', 'tsx', 'scripts/openapi.ts'];

  it('finds the committed copy fresh', () => {
    expect(() => execFileSync(process.execPath, [...script, '--check'], { stdio: 'pipe' })).not.to.throw();
  });

  it('compares with the copy of where the branch left the main one, if there is any', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tributary-openapi-'));
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], {
        cwd: folder,
        stdio: 'pipe',
      });
    const commit = (text: string) => {
      writeFileSync(join(folder, 'api.json'), text);
      git('add', '.');
      git('commit', '-qm', text);
    };
    expect(committedAtBase(folder, 'api.json')).to.equal(null);
    git('init', '-q', '-b', 'main');
    commit('first');
    git('switch', '-qc', 'branch');
    commit('second');
    expect(committedAtBase(folder, 'api.json')).to.equal('first');
    expect(committedAtBase(folder, 'other.json')).to.equal(null);
    rmSync(folder, { recursive: true });
  });

  it('fails against an older document that says more, and names what', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tributary-openapi-'));
    const file = join(folder, 'older.json');
    const old = { get: { operationId: 'old', responses: {} } };
    writeFileSync(file, JSON.stringify(edited(committed, [['paths /v1/old', old]])));
    const run = spawnSync(process.execPath, [...script, '--against', file], { encoding: 'utf8' });
    rmSync(folder, { recursive: true });
    expect(run.stderr).to.equal('GET /v1/old: the operation is gone\n');
    expect(run.stdout).to.match(/^breaking changes against .*: 1; raise the major version/);
    expect(run.status).to.equal(1);
  });
});
