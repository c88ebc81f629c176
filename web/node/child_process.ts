/** node:child_process */
export const spawnSync = () => ({ status: 1, stdout: "", stderr: "" });
