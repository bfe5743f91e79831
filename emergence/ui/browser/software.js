// @ts-check
// What draws the pictures, and in which version: held against Python's by a test.

export const SOFTWARE = "emergence-lab 0.1.0";
