/** Files that Vite puts into the site, by their address there. */
declare module '*?url' {
  const address: string;
  export default address;
}
