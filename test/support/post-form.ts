import type { UploadForm } from '../../client/index.ts';

/** Sends a presigned form with its file once, as a browser would. @returns the storage's answer, whatever it is */
export const postForm = (upload: UploadForm, file: Blob): Promise<Response> => {
  const form = new FormData();
  for (const [name, value] of Object.entries(upload.fields)) form.append(name, value);
  form.append('file', file);
  return fetch(upload.url, { method: 'POST', body: form });
};
