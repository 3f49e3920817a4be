// What stands there for the moment in which a page is fetched: nothing that could jump.
export const Blank = () => <div aria-busy="true" style={{ flex: 1 }} />;
