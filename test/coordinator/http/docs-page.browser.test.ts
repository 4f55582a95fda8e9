/** The page of the API in a browser, from a service under its own policy: what a reader sees, on a phone and a desktop, light and dark. */
import { expect } from 'chai';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { announce } from '#coordinator/round/announced.ts';
import { operations } from '#protocol/http/operations.ts';
import { cohort } from '#test/support/cohort.ts';
import { chromiumOrSkip } from '#test/support/chromium.ts';
import { rulesOf } from '../fixtures.ts';
import { serve, type Service } from './service.ts';

const members = cohort({ n: 3 });
const phone = { width: 360, height: 740 };
const desktop = { width: 1280, height: 800 };

describe('the page of the API, in a browser', function () {
  this.timeout(60_000);
  let browser: Browser | undefined;
  let service: Service;
  before(async function () {
    browser = await chromiumOrSkip(this);
    service = await serve(members, announce(rulesOf(members)));
  });
  after(async () => {
    if (browser === undefined) return;
    await browser.close();
    await service.stop();
  });

  /** Shows the page. @returns it, and what the browser complained of */
  async function open(viewport = desktop, colorScheme: 'light' | 'dark' = 'light') {
    const page = await browser!.newPage({ viewport, colorScheme, reducedMotion: 'reduce' });
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('requestfailed', (request) => complaints.push(request.url()));
    await page.goto(`${service.url}/v1/docs`);
    return { page, complaints };
  }

  it('shows each operation in its style, and leads to it', async () => {
    const { page, complaints } = await open();
    for (const id of Object.keys(operations)) {
      await page.locator(`nav a[href="#operation-${id}"]`).click();
      expect(await isInView(page, `operation-${id}`), id).to.equal(true);
    }
    expect(await page.evaluate('getComputedStyle(document.body).display')).to.equal('grid');
    expect(complaints).to.deep.equal([]);
    await page.close();
  });

  it('has all that axe-core asks for', async () => {
    const { page } = await open();
    const { passes, violations } = await examine(
      page,
      'wcag2a wcag2aa wcag21a wcag21aa wcag22aa best-practice',
    );
    expect(violations).to.deep.equal([]);
    expect(passes.length).to.be.above(20);
    await page.close();
  });

  it('can be read in the dark', async () => {
    const { page } = await open(desktop, 'dark');
    const { passes, violations } = await examine(page, 'color-contrast');
    expect(violations).to.deep.equal([]);
    expect(passes).to.deep.equal(['color-contrast']);
    await page.close();
  });

  it('fits a phone: nothing of it is wider than the screen', async () => {
    const { page } = await open(phone);
    expect(await page.evaluate('document.documentElement.scrollWidth')).to.be.at.most(phone.width);
    await page.close();
  });

  it('lets who has no mouse skip the list of operations', async () => {
    const { page } = await open();
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).to.equal('To the operations');
    await page.keyboard.press('Enter');
    expect(await isInView(page, 'main')).to.equal(true);
    await page.close();
  });

  it('runs no script, though one were in it', async () => {
    const { page, complaints } = await open();
    const added = await page.evaluate(`(() => {
      const script = document.createElement('script');
      script.textContent = 'globalThis.ran = true;';
      document.body.append(script);
      return document.scripts.length;
    })()`);
    expect(added).to.equal(1);
    expect(await page.evaluate('globalThis.ran')).to.equal(undefined);
    expect(complaints.join()).to.contain('Content Security Policy');
    await page.close();
  });
});

/** @param tags of axe-core's rules, or their ids. @returns ids of the rules that hold, and of those that don't with an element each */
async function examine(page: Page, tags: string): Promise<{ passes: string[]; violations: string[] }> {
  await page.evaluate(axe.source);
  return page.evaluate(`axe.run({ runOnly: ${JSON.stringify(tags.split(' '))} }).then(({ passes, violations }) => ({
    passes: passes.map(({ id }) => id),
    violations: violations.map(({ id, nodes }) => id + ': ' + nodes[0].html),
  }))`);
}

async function isInView(page: Page, id: string): Promise<boolean> {
  const box = await page.locator(`#${id}`).boundingBox();
  const height = page.viewportSize()?.height ?? 0;
  return box !== null && box.y < height && box.y + box.height > 0;
}
