/** Reads the width and height of an image out of its first bytes, bundled at build time. */
export { imageSize } from 'image-size';
