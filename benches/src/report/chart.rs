use anyhow::{Result, anyhow};
use plotters::coord::ranged1d::{AsRangedCoord, ValueFormatter};
use plotters::prelude::*;

/// Curves over two axes.
#[derive(Debug)]
pub(super) struct Chart {
    pub(super) x: Axis,
    pub(super) y: Axis,
    pub(super) curves: Vec<Curve>,
}

/// What an axis says, and how it grows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Axis {
    name: &'static str,
    logarithmic: bool,
}

/// Points in the order of x.
#[derive(Debug)]
pub(super) struct Curve {
    pub(super) name: String,
    pub(super) points: Vec<(f64, f64)>,
}

const SIZE: (u32, u32) = (960, 440);
/// Where the names of the curves are, beside them.
const NAMES: u32 = 250;
/// Colours that most people can distinguish (Okabe and Ito, and two of Tol's).
const COLORS: [RGBColor; 10] = [
    RGBColor(0, 114, 178),
    RGBColor(230, 159, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(86, 180, 233),
    RGBColor(213, 94, 0),
    RGBColor(128, 128, 128),
    RGBColor(0, 0, 0),
    RGBColor(136, 34, 85),
    RGBColor(153, 153, 51),
];

impl Axis {
    pub(super) const fn linear(name: &'static str) -> Self {
        Self {
            name,
            logarithmic: false,
        }
    }

    pub(super) const fn logarithmic(name: &'static str) -> Self {
        Self {
            name,
            logarithmic: true,
        }
    }

    /// The axis's ends, with some room.
    fn ends(self, values: impl Iterator<Item = f64> + Clone) -> std::ops::Range<f64> {
        let least = values.clone().fold(f64::INFINITY, f64::min);
        let most = values.fold(f64::NEG_INFINITY, f64::max);
        if self.logarithmic {
            least / 1.3..most * 1.3
        } else {
            let room = (most - least) * 0.04;
            least - room..most + room
        }
    }
}

impl Chart {
    /// The chart as SVG, without what nothing was measured for.
    pub(super) fn draw(&self) -> Result<String> {
        let mut svg = String::new();
        let points = self.curves.iter().flat_map(|curve| &curve.points);
        if points.clone().next().is_some() {
            let x = self.x.ends(points.clone().map(|point| point.0));
            let y = self.y.ends(points.map(|point| point.1)).log_scale();
            let drawn = if self.x.logarithmic {
                self.draw_over(&mut svg, x.log_scale(), y)
            } else {
                self.draw_over(&mut svg, x, y)
            };
            drawn.map_err(|error| anyhow!("{error}"))?;
        }
        Ok(svg)
    }

    fn draw_over<X, Y>(
        &self,
        svg: &mut String,
        x: X,
        y: Y,
    ) -> Result<(), Box<dyn std::error::Error>>
    where
        X: AsRangedCoord<Value = f64>,
        X::CoordDescType: ValueFormatter<f64>,
        Y: AsRangedCoord<Value = f64>,
        Y::CoordDescType: ValueFormatter<f64>,
    {
        let root = SVGBackend::with_string(svg, SIZE).into_drawing_area();
        root.fill(&WHITE)?;
        let (curves, names) = root.split_horizontally(SIZE.0 - NAMES);
        let mut chart = ChartBuilder::on(&curves)
            .margin(12)
            .x_label_area_size(44)
            .y_label_area_size(64)
            .build_cartesian_2d(x, y)?;
        chart
            .configure_mesh()
            .light_line_style(WHITE)
            .x_desc(self.x.name)
            .y_desc(self.y.name)
            .x_label_formatter(&|value| match value.fract() {
                0.0 => super::table::number(*value),
                _ => String::new(),
            })
            .y_label_formatter(&|value| super::table::ratio(*value))
            .label_style(("sans-serif", 13))
            .draw()?;
        let curves = self.curves.iter().zip(COLORS.iter().cycle());
        for ((curve, color), y) in curves.zip((24..).step_by(20)) {
            // Ours is the one to look at.
            let ours = curve.name.contains("intermission");
            let style = color.stroke_width(if ours { 4 } else { 2 });
            chart.draw_series(LineSeries::new(curve.points.iter().copied(), style))?;
            names.draw(&PathElement::new([(0, y), (18, y)], style))?;
            let name = Text::new(curve.name.clone(), (26, y - 6), ("sans-serif", 13));
            names.draw(&name)?;
            let dots = curve.points.iter();
            chart.draw_series(dots.map(|point| Circle::new(*point, 3, color.filled())))?;
        }
        root.present()?;
        Ok(())
    }
}
