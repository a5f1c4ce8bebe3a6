/**
 * The test tools have native parts, which npm leaves out without a word when it runs on a Node that they do not support; the tools then fail with a message
 * about something else. Runs before the tests and says what to do.
 */
import { createRequire } from 'node:module';

const TOOLS = ['rolldown', 'oxlint'];
const PLATFORM_PACKAGE = /binding/;

const require = createRequire(import.meta.url);

const resolves = (name) => {
  try {
    return require.resolve(`${name}/package.json`) !== '';
  } catch {
    return false;
  }
};

const lacking = TOOLS.filter((tool) => {
  const { optionalDependencies = {} } = require(`../../node_modules/${tool}/package.json`);
  return !Object.keys(optionalDependencies)
    .filter((name) => PLATFORM_PACKAGE.test(name))
    .some(resolves);
});

if (lacking.length > 0) {
  process.stderr
    .write(`npm has left out the native parts of ${lacking.join(' and ')}: the tests need an installation with Node 20.19 or later. This one does it:

  npx --yes --package node@24 --package npm@11 -- npm ci

`);
  process.exit(1);
}
