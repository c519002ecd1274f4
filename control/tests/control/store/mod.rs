mod check;
mod copy;
mod filled;
