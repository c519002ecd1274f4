mod check;
mod copy;
mod filled;
mod retention;
