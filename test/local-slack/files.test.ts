import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Bench, botToken, incident, startBench } from './bench.ts';

describe('files', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await startBench();
  });
  afterAll(() => bench.close());

  const announce = (length: number, filename = 'plan.json') =>
    bench.web.files.getUploadURLExternal({ filename, length });

  test('@slack/web-api uploads one into a thread, and it can be read back', async () => {
    const parent = await bench.post('parent');
    const content = JSON.stringify({ operation: 'OP-7F3K' }, undefined, 2);
    const channel = { channel_id: incident, thread_ts: parent };
    await bench.web.filesUploadV2({
      ...channel,
      content,
      filename: 'record.json',
      title: 'Record',
      initial_comment: 'All of it',
    });
    const [, reply] = await bench.control.thread(incident, parent);
    expect(reply).toMatchObject({
      text: 'All of it',
      user: 'U0TWOKEY',
      files: [
        { name: 'record.json', title: 'Record', mimetype: 'application/json', size: 28, preview: content },
      ],
    });
    const file = reply?.files?.[0];
    expect(await bench.form('files.info', { file: file?.id ?? '' })).toMatchObject({
      file: { shares: { public: { [incident]: [{ ts: reply?.ts }] } }, channels: [incident] },
    });
    const download = String(file?.['url_private']);
    const authorised = await fetch(download, { headers: { authorization: `Bearer ${botToken}` } });
    expect(await authorised.text()).toBe(content);
    expect((await fetch(download, { redirect: 'manual' })).status).toBe(302);
    expect(await (await fetch(`${bench.slack.url}/_page/file/${file?.id}`)).text()).toBe(content);
  });

  test('raw bytes are taken as well as a form', async () => {
    const { file_id = '', upload_url = '' } = await announce(3, 'raw.bin');
    expect((await fetch(upload_url, { method: 'POST', body: Buffer.from([1, 2, 3]) })).status).toBe(200);
    expect(await bench.web.files.completeUploadExternal({ files: [{ id: file_id }] })).toMatchObject({
      ok: true,
      files: [{ id: file_id, title: 'raw.bin' }],
    });
  });

  test('bytes of another number than announced are refused', async () => {
    const { file_id = '', upload_url = '' } = await announce(3);
    const refused = await fetch(upload_url, { method: 'POST', body: 'four' });
    expect([refused.status, await refused.text()]).toEqual([400, 'the upload has 4 bytes, 3 were announced']);
    expect(await bench.api('files.completeUploadExternal', { files: [{ id: file_id }] })).toEqual({
      ok: false,
      error: 'file_not_found',
    });
    expect((await fetch(`${bench.slack.url}/files/upload/other`, { method: 'POST', body: 'x' })).status).toBe(
      404,
    );
  });

  test('a file can not go where the bot is not', async () => {
    const { file_id = '', upload_url = '' } = await announce(1);
    await fetch(upload_url, { method: 'POST', body: 'x' });
    const complete = (channel_id: string) =>
      bench.api('files.completeUploadExternal', { files: [{ id: file_id }], channel_id });
    expect(await complete('C0GENERAL')).toMatchObject({ error: 'not_in_channel' });
    expect(await complete('C0NOWHERE')).toMatchObject({ error: 'channel_not_found' });
    expect(await complete(incident)).toMatchObject({ ok: true });
  });

  test('an upload needs a name and a length', async () => {
    expect(await bench.form('files.getUploadURLExternal', { filename: 'x' })).toMatchObject({
      error: 'invalid_arguments',
    });
    expect(await bench.form('files.info', { file: 'F0NONE' })).toMatchObject({ error: 'file_not_found' });
  });
});
