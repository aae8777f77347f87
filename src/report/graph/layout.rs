//! Where everything of a picture stands: domains side by side, what comes later further down.
//!
//! Every node has a layer below those of all that comes before it. Within a lane, nodes that follow
//! each other make a run, and runs that overlap stand on tracks side by side. Lines bend only in
//! the gaps between layers and go straight down on tracks, and between lanes on channels, so that
//! no line passes through a box.

use std::collections::HashMap;

use super::{EdgeKind, Picture};
use crate::model::MigrationKind;

/// Width of a box.
pub(super) const BOX_WIDTH: usize = 216;
/// Height of a box.
pub(super) const BOX_HEIGHT: usize = 46;
/// Height of the head of a lane.
pub(super) const LANE_HEAD: usize = 48;
/// Space around everything.
pub(super) const MARGIN: usize = 16;

const LAYER_GAP: usize = 38;
const TRACK_GAP: usize = 22;
const LINE_TRACK: usize = 10;
const LANE_PADDING: usize = 18;
const LANE_GAP: usize = 18;
const CHANNEL: usize = 14;
/// How far beside the middle of a box the lines of other domains begin and end.
const ASIDE: usize = 44;

/// Where a lane stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct LaneSpace {
    pub(super) x: usize,
    pub(super) width: usize,
}

/// A line, by the places where it is upright: it bends between one and the next.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) edge: usize,
    pub(super) points: Vec<(usize, usize)>,
}

/// Where everything stands.
#[derive(Debug, Clone, Default)]
pub(super) struct Layout {
    pub(super) lanes: Vec<LaneSpace>,
    /// The upper left corners of the nodes' boxes.
    pub(super) boxes: Vec<(usize, usize)>,
    pub(super) lines: Vec<Line>,
    pub(super) width: usize,
    pub(super) height: usize,
}

/// Where an interval of layers was put: tracks are kept with their last layers.
fn place(tracks: &mut Vec<usize>, first: usize, end: usize) -> usize {
    let free = tracks.iter().position(|taken| *taken <= first);
    let track = free.unwrap_or(tracks.len());
    if track == tracks.len() {
        tracks.push(0);
    }
    tracks[track] = end;
    track
}

/// The layer of every node.
pub(super) fn layers(picture: &Picture) -> Vec<usize> {
    let count = picture.nodes.len();
    let mut after: Vec<Vec<usize>> = vec![Vec::new(); count];
    let mut before = vec![0usize; count];
    let mut add = |from: usize, to: usize| {
        after[from].push(to);
        before[to] += 1;
    };
    let mut linked = vec![false; count];
    for edge in &picture.edges {
        add(edge.from, edge.to);
        if picture.nodes[edge.from].lane == picture.nodes[edge.to].lane {
            linked[edge.from] = true;
            linked[edge.to] = true;
        }
    }
    // What nothing in its lane is bound to keeps its place in the order.
    for lane in 0..picture.lanes.len() {
        let mut nodes = picture.of_lane(lane);
        nodes.retain(|index| picture.nodes[*index].is_known());
        let heads: Vec<usize> = nodes
            .iter()
            .copied()
            .filter(|index| picture.nodes[*index].head)
            .collect();
        for pair in nodes.windows(2) {
            let [one, next] = *pair else { continue };
            let again = picture.nodes[next].kind == Some(MigrationKind::Repeatable);
            if again && picture.nodes[one].kind != Some(MigrationKind::Repeatable) {
                for head in &heads {
                    add(*head, next);
                }
            }
            if !linked[one] || !linked[next] {
                add(one, next);
            }
        }
    }
    let mut layers = vec![0usize; count];
    let mut placed = vec![false; count];
    let mut ready: Vec<usize> = (0..count).filter(|index| before[*index] == 0).collect();
    let mut next = 0;
    loop {
        while let Some(index) = ready.pop() {
            placed[index] = true;
            for to in &after[index] {
                layers[*to] = layers[*to].max(layers[index] + 1);
                before[*to] -= 1;
                if before[*to] == 0 && !placed[*to] {
                    ready.push(*to);
                }
            }
        }
        // Whatever waits for itself is put where it is reached first.
        match (next..count).find(|index| !placed[*index]) {
            Some(index) => {
                next = index + 1;
                ready.push(index);
                before[index] = 0;
                for to in &mut after {
                    to.retain(|to| *to != index);
                }
            }
            None => return layers,
        }
    }
}

/// Nodes of a lane that follow each other on a track, or the track of a single line.
struct Run {
    nodes: Vec<usize>,
    /// The line that this is for, when no node is on it.
    edge: Option<usize>,
    first: usize,
    /// The layer behind the last one.
    end: usize,
    track: usize,
}

struct Maker<'p> {
    picture: &'p Picture,
    layers: Vec<usize>,
    /// The runs of all lanes, by lane.
    runs: Vec<Vec<Run>>,
    /// The run of every node, and its position on it.
    run_of: Vec<usize>,
    position: Vec<usize>,
    /// The edge on which the first node of a run is reached, by node.
    reached: HashMap<usize, usize>,
    /// The channels beside every lane: on the left and on the right, with the edges on them.
    channels: Vec<[HashMap<usize, usize>; 2]>,
    channel_counts: Vec<[usize; 2]>,
}

pub(super) fn layout(picture: &Picture) -> Layout {
    let layers = layers(picture);
    let mut maker = Maker {
        picture,
        run_of: vec![0; picture.nodes.len()],
        position: vec![0; picture.nodes.len()],
        reached: HashMap::new(),
        runs: Vec::new(),
        channels: Vec::new(),
        channel_counts: Vec::new(),
        layers,
    };
    maker.make_runs();
    maker.make_channels();
    maker.finish()
}

impl Maker<'_> {
    fn lane_of(&self, node: usize) -> usize {
        self.picture.nodes[node].lane
    }

    /// Whether a line goes down at all; around a circle one does not.
    fn descends(&self, edge: usize) -> bool {
        let edge = &self.picture.edges[edge];
        self.layers[edge.from] < self.layers[edge.to]
    }

    fn make_runs(&mut self) {
        let mut first_parent: Vec<Option<usize>> = vec![None; self.picture.nodes.len()];
        for (index, edge) in self.picture.edges.iter().enumerate() {
            let within = self.lane_of(edge.from) == self.lane_of(edge.to);
            if within && self.descends(index) && first_parent[edge.to].is_none() {
                first_parent[edge.to] = Some(index);
            }
        }
        for lane in 0..self.picture.lanes.len() {
            let mut runs: Vec<Run> = Vec::new();
            for node in self.picture.of_lane(lane) {
                let layer = self.layers[node];
                let parent = first_parent[node].map(|edge| (edge, self.picture.edges[edge].from));
                if let Some((_, parent)) = parent
                    && let Some(run) = runs.get_mut(self.run_of[parent])
                    && run.nodes.last() == Some(&parent)
                {
                    self.position[node] = run.nodes.len();
                    run.nodes.push(node);
                    run.end = layer + 1;
                    self.run_of[node] = self.run_of[parent];
                    continue;
                }
                self.run_of[node] = runs.len();
                let mut first = layer;
                if let Some((edge, parent)) = parent {
                    first = self.layers[parent] + 1;
                    self.reached.insert(node, edge);
                }
                runs.push(Run {
                    nodes: vec![node],
                    edge: None,
                    first,
                    end: layer + 1,
                    track: 0,
                });
            }
            self.runs.push(runs);
        }
        for (index, edge) in self.picture.edges.iter().enumerate() {
            let lane = self.lane_of(edge.from);
            if lane != self.lane_of(edge.to) || !self.descends(index) {
                continue;
            }
            let (above, below) = (self.layers[edge.from], self.layers[edge.to]);
            let runs = &mut self.runs[lane];
            let run = self.run_of[edge.from];
            let straight = run == self.run_of[edge.to]
                && self.position[edge.to] == self.position[edge.from] + 1;
            if straight || self.reached.get(&edge.to) == Some(&index) {
                continue;
            }
            if runs[run].nodes.last() == Some(&edge.from) {
                runs[run].end = runs[run].end.max(below);
            } else if below > above + 1 {
                runs.push(Run {
                    nodes: Vec::new(),
                    edge: Some(index),
                    first: above + 1,
                    end: below,
                    track: 0,
                });
            }
        }
        for runs in &mut self.runs {
            let mut order: Vec<usize> = (0..runs.len()).collect();
            order.sort_by_key(|run| (runs[*run].first, runs[*run].nodes.is_empty(), *run));
            let mut tracks = Vec::new();
            for run in order {
                runs[run].track = place(&mut tracks, runs[run].first, runs[run].end);
            }
        }
    }

    /// Lines between domains go down beside the lane that they lead to.
    fn make_channels(&mut self) {
        let lanes = self.picture.lanes.len();
        self.channels = vec![[HashMap::new(), HashMap::new()]; lanes];
        self.channel_counts = vec![[0, 0]; lanes];
        let mut wanted: Vec<(usize, usize, usize, usize, usize)> = Vec::new();
        for (index, edge) in self.picture.edges.iter().enumerate() {
            let (from, to) = (self.lane_of(edge.from), self.lane_of(edge.to));
            let (above, below) = (self.layers[edge.from], self.layers[edge.to]);
            if from != to && below > above + 1 {
                wanted.push((to, usize::from(from > to), above + 1, below, index));
            }
        }
        wanted.sort_unstable();
        let mut taken: HashMap<(usize, usize), Vec<usize>> = HashMap::new();
        for (lane, side, first, end, index) in wanted {
            let tracks = taken.entry((lane, side)).or_default();
            let channel = place(tracks, first, end);
            self.channels[lane][side].insert(index, channel);
            self.channel_counts[lane][side] = tracks.len();
        }
    }

    fn finish(self) -> Layout {
        let mut layout = Layout {
            boxes: vec![(0, 0); self.picture.nodes.len()],
            ..Layout::default()
        };
        let top = MARGIN + LANE_HEAD + LANE_PADDING;
        let y = |layer: usize| top + layer * (BOX_HEIGHT + LAYER_GAP);
        let mut x = MARGIN;
        // The middles of tracks, by lane.
        let mut middles: Vec<Vec<usize>> = Vec::new();
        for (lane, runs) in self.runs.iter().enumerate() {
            x += self.channel_counts[lane][0] * CHANNEL;
            let start = x;
            x += LANE_PADDING;
            let tracks = runs.iter().map(|run| run.track + 1).max().unwrap_or(1);
            let mut wide = vec![runs.is_empty(); tracks];
            for run in runs {
                wide[run.track] |= !run.nodes.is_empty();
            }
            let mut own = Vec::new();
            for (track, wide) in wide.iter().enumerate() {
                let width = if *wide { BOX_WIDTH } else { LINE_TRACK };
                x += if track > 0 { TRACK_GAP } else { 0 };
                own.push(x + width / 2);
                x += width;
            }
            x += LANE_PADDING;
            layout.lanes.push(LaneSpace {
                x: start,
                width: x - start,
            });
            x += LANE_GAP + self.channel_counts[lane][1] * CHANNEL;
            for run in runs {
                for node in &run.nodes {
                    let middle = own[run.track];
                    layout.boxes[*node] = (middle - BOX_WIDTH / 2, y(self.layers[*node]));
                }
            }
            middles.push(own);
        }
        let depth = self.layers.iter().map(|layer| layer + 1).max().unwrap_or(0);
        layout.width = x.saturating_sub(LANE_GAP) + MARGIN;
        layout.height = y(depth) - LAYER_GAP.min(y(depth) - top) + LANE_PADDING;
        for index in 0..self.picture.edges.len() {
            let points = self.points(index, &layout, &middles);
            layout.lines.push(Line {
                edge: index,
                points,
            });
        }
        layout
    }

    /// The places where a line is upright.
    fn points(&self, index: usize, layout: &Layout, middles: &[Vec<usize>]) -> Vec<(usize, usize)> {
        let edge = &self.picture.edges[index];
        let middle = |node: usize| layout.boxes[node].0 + BOX_WIDTH / 2;
        let (mut start, mut target) = (middle(edge.from), middle(edge.to));
        let lane = self.lane_of(edge.to);
        let leaves = self.lane_of(edge.from) != lane;
        if edge.kind == EdgeKind::Need || leaves {
            if start < target {
                (start, target) = (start + ASIDE, target - ASIDE);
            } else {
                (start, target) = (start - ASIDE, target + ASIDE);
            }
        }
        let lower = layout.boxes[edge.from].1 + BOX_HEIGHT;
        let upper = layout.boxes[edge.to].1;
        let (above, below) = (self.layers[edge.from], self.layers[edge.to]);
        if !self.descends(index) || below == above + 1 {
            return vec![(start, lower), (target, upper)];
        }
        let space = layout.lanes[lane];
        let side = &self.channels[lane];
        let through = if let Some(channel) = side[0].get(&index) {
            space.x - CHANNEL / 2 - channel * CHANNEL
        } else if let Some(channel) = side[1].get(&index) {
            space.x + space.width + CHANNEL / 2 + channel * CHANNEL
        } else {
            let runs = &self.runs[lane];
            let own = runs.iter().find(|run| run.edge == Some(index));
            let is_last = runs[self.run_of[edge.from]].nodes.last() == Some(&edge.from);
            match own {
                Some(own) => middles[lane][own.track],
                None if is_last => start,
                None => target,
            }
        };
        vec![
            (start, lower),
            (through, lower + LAYER_GAP),
            (through, upper - LAYER_GAP),
            (target, upper),
        ]
    }
}
