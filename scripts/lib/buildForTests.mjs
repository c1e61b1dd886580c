/** The tests that run what is built are never run against an older build, however jest was started. */
import { ensureBuild } from './project.mjs';

export default async function buildForTests() {
	await ensureBuild();
}
