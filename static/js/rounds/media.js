// Photos made small enough for a phone's line, and voice notes.
const LARGEST = 2000;
const QUALITY = 0.82;
const MOST_BYTES = 60 * 1024 * 1024;
export const LONGEST_VOICE = 120; // seconds

export class Unreadable extends Error {}
export class TooLarge extends Error {}

// A JPEG of at most 2,000 pixels. Throws TooLarge and Unreadable; the file itself is left alone.
export async function shrink(file) {
  if (file.size > MOST_BYTES) throw new TooLarge();
  let picture = null;
  try {
    picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    throw new Unreadable();
  }
  const scale = Math.min(1, LARGEST / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
  if (!blob) throw new TooLarge();
  return blob;
}

export const canRecord = () => Boolean(navigator.mediaDevices?.getUserMedia && window.MediaRecorder);

// Begins to record; `stop()` gives the sound. Throws where the microphone is not given.
export async function record(ended) {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const recorder = new MediaRecorder(stream, { audioBitsPerSecond: 32_000 });
  const parts = [];
  recorder.addEventListener("dataavailable", ({ data }) => parts.push(data));
  const whole = new Promise((done) => {
    recorder.addEventListener("stop", () => {
      for (const track of stream.getTracks()) track.stop();
      done(new Blob(parts, { type: (recorder.mimeType || "audio/webm").split(";")[0] }));
    });
  });
  recorder.start();
  const timer = setTimeout(() => ended(), LONGEST_VOICE * 1000);
  return {
    stop() {
      clearTimeout(timer);
      if (recorder.state !== "inactive") recorder.stop();
      return whole;
    },
  };
}
