import { describe, expect, it } from 'vitest';
import { shellCommands } from './shell-commands.ts';

const fence = '```';

describe('shellCommands', () => {
  it('takes every command of every sh block, in order, without comments', () => {
    const text = `# Title\n\n${fence}sh\none && two\nthree --flag    # why\n# a line of words\n${fence}\n\nwords\n\n${fence}sh\nfour a \\\n  b\n${fence}\n`;
    expect(shellCommands(text)).toEqual(['one', 'two', 'three --flag', 'four a    b']);
  });

  it('leaves other blocks, inline code and a "#" inside a word alone', () => {
    expect(
      shellCommands(`\`rm -rf x\`\n\n${fence}ts\nnot()\n${fence}\n\n${fence}sh\ncurl http://x/#y\n${fence}\n`),
    ).toEqual(['curl http://x/#y']);
  });
});
