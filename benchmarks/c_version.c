/* The kernel's loop in plain C: sim/kernels/scoring.py and sim/kernels/inspection.py, function by function.
 *
 * Left out on both sides: the queue before the scanners. Left out here, because the workload never asks for it: which
 * boxes are high risk, and what policies on manifests and operators show of loads. The structs hold the fields of the kernel's named tuples in their order.
 */
#include <math.h>
#include <stdint.h>

#define GOLDEN 0x9E3779B97F4A7C15u
#define CONTENTS 0xD1B54A32D192ED03u
enum { EVEN = 256, FLAGGED = 16384, CARGO_STEPS = 1024, QUANTILES = 4096, BLOCK = 256, CHANCE = 1 << 20 };
enum { FAMILIES = 7, STEP = 8, SIDE_BY_SIDE = 16 };
enum { RELEASED, SCANNED, ALARMED, MISSED, FOUND };
enum { ARRIVED, HIGH_RISK, CHOSEN, BLIND, ALARMS, FALSE_ALARMS, OPENED, HITS, TALLIES };
enum { SCANS_OF, FALSE_OF, OPENED_OF, FOUND_OF };

typedef struct {
    const int32_t *first;
    const uint64_t *entity;
    const double *rate;
    const int32_t *lag, *group;
    const uint64_t *key;
    const int32_t *mix;
    const uint8_t *cargo;
    const uint16_t *own;
    const uint8_t *look, *history, *anomaly, *front;
    const int16_t *noise;
    const uint64_t *salt;
    const int32_t *column, *expected;
    const uint8_t *matched;
} Boxes;

typedef struct {
    const int16_t *points;
    const int32_t *base;
    const uint8_t *flagged;
    const int64_t *chosen, *blind, *most;
    const uint8_t *scheme;
    const int32_t *high, *middle, *called, *clearance;
    const double *screened;
    const int32_t *alarm_clean;
    const double *alarm_full, *alarm_cargo;
    const int64_t *opened;
    const int32_t *finds, *tip, *servers;
    const double *scan_hours;
    const int32_t *service;
    const double *open_hours;
    const int32_t *integrated, *reports, *posing;
} Rules;

typedef struct {
    const int32_t *first, *place;
    const uint64_t *word;
    const int32_t *concealment;
    const double *shows;
    const int32_t *tip;
} Contaminated;

typedef struct {
    int16_t *looks;
    uint64_t *words, *lucks;
    uint8_t *taken;
    int32_t *at, *place;
    uint64_t *word;
    int32_t *rank, *holds;
    uint8_t *keep;
    int32_t *luck, *alarmed;
    uint64_t *alarm_word;
    int32_t *odds, *points;
    uint16_t *inside, *shown;
    double *gaps;
} Scratch;

typedef struct {
    int64_t *tally, *hits, *expected;
    int8_t *fate;
    double *wait_hours, *counted;
} Day;

/* How many fields of 8 bytes each of the five has, so that Python can tell when one was changed on one side only. */
int64_t fields_of(int64_t which) {
    const int64_t size[] = {sizeof(Boxes), sizeof(Rules), sizeof(Contaminated), sizeof(Scratch), sizeof(Day)};
    return size[which] / 8;
}

static inline uint64_t mix64(uint64_t x) {
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return x ^ (x >> 31);
}

static inline double fraction(uint64_t block, uint64_t j) {
    return (double)(int64_t)((mix64(block + (j + 1) * GOLDEN) >> 11) | 1) * 0x1p-53;
}

static inline uint64_t lane_key(const Boxes *b, int64_t p, int64_t day) {
    return mix64(b->key[p] + (uint64_t)(day - b->lag[p]) * GOLDEN);
}

static inline uint64_t judged(uint64_t word, uint64_t salt) { return (word ^ word >> 32) * (salt | 1); }

static inline int is_tipped(uint64_t luck, int32_t chance) { return (uint16_t)(luck >> 40) < chance; }

static inline int look_of(uint64_t word, const uint16_t *own, const uint8_t *look) {
    const uint64_t column = word >> 10 & 255;
    return look[2 * column + ((uint16_t)(word >> 18) >= own[column])];
}

/* What the points of a control's clean boxes are made of. */
typedef struct {
    const int16_t *looks, *kinds, *noise;
    const uint8_t *cargo, *look;
    const uint16_t *own;
    int32_t tipped, named;
} Weights;

static Weights weights_of(int64_t c, const Boxes *b, const Rules *r, const Scratch *s, int64_t width) {
    const int16_t *points = r->points + c * width;
    const int32_t tip = b->column[6];
    return (Weights){s->looks, points + b->column[1], b->noise, b->cargo, b->look, b->own,
                     points[tip + 1] - points[tip], r->tip[c]};
}

static inline int32_t known_points(int64_t c, int64_t p, const Boxes *b, const Rules *r, int64_t width) {
    const int16_t *points = r->points + c * width;
    return points[b->column[0] + b->group[p]] + points[b->column[6]] + (r->flagged[p] ? FLAGGED : 0);
}

/* Points of a clean box, of which some are known from its lane. */
static inline int32_t evidence_points(uint64_t word, uint64_t luck, int32_t known, const uint8_t *cargo,
                                      const Weights *w) {
    int32_t total = known + w->looks[look_of(word, w->own, w->look)] + w->kinds[cargo[word & (CARGO_STEPS - 1)]];
    total += w->noise[luck >> 56];
    if (is_tipped(luck, w->named))
        total += w->tipped;
    return total;
}

/* Points of each look of a box: history, manifest, routing, seal. */
static void weigh_looks(int64_t c, const Boxes *b, const Rules *r, int16_t *restrict looks, int64_t width) {
    const int16_t *points = r->points + c * width;
    const int16_t *history = points + b->column[2], *manifest = points + b->column[3], *routing = points + b->column[4],
                  *seal = points + b->column[5];
    for (int h = 0; h < 4; h++)
        for (int m = 0; m < 4; m++)
            for (int o = 0; o < 4; o++)
                for (int e = 0; e < 4; e++)
                    *looks++ = history[h] + manifest[m] + routing[o] + seal[e];
}

/* List the clean boxes of a control that have at least so many points. A function by itself: what its loop reads fills
 * all registers. */
__attribute__((noinline)) static int64_t list_from(int64_t c, int64_t day, int64_t least_of_all, const int32_t *today, const Boxes *b,
                         const Rules *r, const Scratch *s, int64_t width) {
    const Weights w = weights_of(c, b, r, s, width);
    const uint64_t salt = b->salt[c];
    const int32_t least = (int32_t)least_of_all;
    int32_t *restrict at = s->at, *restrict place = s->place, *restrict rank = s->rank, *restrict holds = s->holds;
    uint64_t *restrict words = s->word, *restrict made = s->words, *restrict lucks = s->lucks;
    int64_t found = 0;
    int32_t i = 0;
    for (int32_t p = b->first[c]; p < b->first[c + 1]; p++) {
        const int32_t known = known_points(c, p, b, r, width);
        const uint8_t *cargo = w.cargo + (int64_t)b->mix[p] * CARGO_STEPS;
        uint64_t key = lane_key(b, p, day);
        const int32_t upto = today[p];
        while (i < upto) {
            const int32_t count = upto - i < BLOCK ? upto - i : BLOCK;
            const int32_t side_by_side = (count + SIDE_BY_SIDE - 1) & -SIDE_BY_SIDE;
            for (int32_t j = 0; j < side_by_side; j++) {
                made[j] = mix64(key + (uint64_t)(j + 1) * GOLDEN);
                lucks[j] = judged(made[j], salt);
            }
            for (int32_t j = 0; j < count; j++, i++) {
                const uint64_t word = made[j];
                const int32_t total = evidence_points(word, lucks[j], known, cargo, &w);
                if (total >= least) {
                    at[found] = i;
                    place[found] = p;
                    words[found] = word;
                    rank[found] = total;
                    holds[found] = -1;
                    found++;
                }
            }
            key += (uint64_t)count * GOLDEN;
        }
    }
    return found;
}

static int kind_of(const Boxes *b, int64_t p, uint64_t word) {
    return b->cargo[(int64_t)b->mix[p] * CARGO_STEPS + (word & (CARGO_STEPS - 1))];
}

/* Columns of the evidence that a clean box shows. */
static void show(int64_t p, uint64_t word, uint64_t luck, int32_t named, const Boxes *b, uint16_t *restrict shown) {
    const int32_t *column = b->column;
    const int look = look_of(word, b->own, b->look);
    shown[0] = column[0] + b->group[p];
    shown[1] = column[1] + kind_of(b, p, word);
    shown[2] = column[2] + (look >> 6);
    shown[3] = column[3] + (look >> 4 & 3);
    shown[4] = column[4] + (look >> 2 & 3);
    shown[5] = column[5] + (look & 3);
    shown[6] = column[6] + is_tipped(luck, named);
}

/* What the contaminated boxes of a control show, and how many points they have. */
static void load(int64_t c, const Boxes *b, const Rules *r, const Contaminated *dirty, const Scratch *s,
                 int64_t width) {
    const int16_t *points = r->points + c * width;
    const int32_t *column = b->column;
    for (int32_t d = dirty->first[c]; d < dirty->first[c + 1]; d++) {
        const int32_t p = b->first[c] + dirty->place[d], kind = dirty->concealment[d], row = d - dirty->first[c];
        const uint64_t word = dirty->word[d], luck = judged(word, b->salt[c]), contents = mix64(word ^ CONTENTS);
        uint16_t *inside = s->inside + (int64_t)row * FAMILIES;
        inside[0] = column[0] + b->group[p];
        inside[1] = column[1] + kind_of(b, p, word);
        inside[2] = column[2] + (b->front[kind] ? 3 : b->history[contents & 4095]);
        for (int f = 0; f < 3; f++)
            inside[3 + f] = column[3 + f] + b->anomaly[(3 * kind + f) * QUANTILES + (contents >> (12 + 12 * f) & 4095)];
        inside[6] = column[6] + (dirty->tip[d] >= 0);
        int32_t total = b->noise[luck >> 56] + (r->flagged[p] ? FLAGGED : 0) + (dirty->tip[d] > 0 ? dirty->tip[d] : 0);
        for (int f = 0; f < FAMILIES; f++)
            total += points[inside[f]];
        s->points[row] = total;
    }
}

static int64_t count_from(const int32_t *restrict values, int64_t n, int32_t least) {
    int32_t above = 0;
    for (int64_t i = 0; i < n; i++)
        above += values[i] >= least;
    return above;
}

/* The value of rank nth among n, by halving the range. */
static int32_t nth_highest(const int32_t *restrict values, int64_t n, int64_t nth) {
    int32_t least = values[0], most = values[0];
    for (int64_t i = 0; i < n; i++) {
        least = values[i] < least ? values[i] : least;
        most = values[i] > most ? values[i] : most;
    }
    int64_t low = least, high = most;
    while (low < high) {
        const int64_t middle = (low + high + 1) >> 1;
        if (count_from(values, n, (int32_t)middle) >= nth)
            low = middle;
        else
            high = middle - 1;
    }
    return (int32_t)low;
}

/* Mark the highest of n values; among equals draws decide. */
static void keep_highest(const int32_t *restrict values, const uint64_t *restrict words, int64_t n, int64_t wanted,
                         uint64_t block, int32_t *restrict luck, uint8_t *restrict keep) {
    const int32_t cut = nth_highest(values, n, wanted);
    int64_t equals = 0;
    for (int64_t t = 0; t < n; t++)
        if (values[t] == cut)
            luck[equals++] = (int32_t)(mix64(words[t] ^ block) >> 34);
    const int64_t ties = wanted - count_from(values, n, cut + 1);
    const int32_t line = nth_highest(luck, equals, ties);
    int64_t spare = ties - count_from(luck, equals, line + 1);
    equals = 0;
    for (int64_t t = 0; t < n; t++) {
        uint8_t kept = values[t] > cut;
        if (values[t] == cut) {
            kept = luck[equals] > line;
            if (luck[equals] == line && spare > 0) {
                kept = 1;
                spare--;
            }
            equals++;
        }
        keep[t] = kept;
    }
}

static inline void put(int64_t c, int64_t slot, int64_t row, int64_t clean, const Boxes *b, const Contaminated *dirty,
                       const Scratch *s) {
    const int32_t d = dirty->first[c] + (int32_t)row;
    s->at[slot] = (int32_t)(clean + row);
    s->place[slot] = b->first[c] + dirty->place[d];
    s->word[slot] = dirty->word[d];
    s->rank[slot] = s->points[row];
    s->holds[slot] = d;
}

/* Fill the first slots with the boxes that have most points. */
static void take_highest(int64_t c, int64_t day, int64_t clean, int64_t wanted, uint64_t block, const int32_t *today,
                         const Boxes *b, const Rules *r, const Contaminated *dirty, const Scratch *s, int32_t *near,
                         int64_t width) {
    const int64_t loads = dirty->first[c + 1] - dirty->first[c];
    int64_t least = near[c], step = STEP, found;
    for (;;) {
        found = list_from(c, day, least, today, b, r, s, width);
        for (int64_t row = 0; row < loads; row++)
            if (s->points[row] >= least)
                put(c, found++, row, clean, b, dirty, s);
        if (found >= wanted)
            break;
        least -= step;
        step *= 4;
    }
    const int64_t some_more = wanted + (int64_t)(3.0 * sqrt((double)wanted)) + 2;
    near[c] = some_more <= found ? nth_highest(s->rank, found, some_more) : (int32_t)(least - STEP);
    keep_highest(s->rank, s->word, found, wanted, block, s->luck, s->keep);
    int64_t kept = 0;
    for (int64_t slot = 0; slot < found; slot++)
        if (s->keep[slot]) {
            s->at[kept] = s->at[slot];
            s->place[kept] = s->place[slot];
            s->word[kept] = s->word[slot];
            s->rank[kept] = s->rank[slot];
            s->holds[kept] = s->holds[slot];
            kept++;
        }
}

/* Fill further slots with boxes drawn among those that are not chosen yet. */
static void pick_blindly(int64_t c, int64_t day, int64_t clean, int64_t n, int64_t chosen, int64_t blind,
                         uint64_t block, const int32_t *today, const Boxes *b, const Rules *r,
                         const Contaminated *dirty, const Scratch *s, int64_t width) {
    const Weights w = weights_of(c, b, r, s, width);
    uint8_t *restrict taken = s->taken;
    int32_t *restrict at = s->at;
    for (int64_t slot = 0; slot < chosen; slot++)
        taken[at[slot]] = 1;
    int64_t slot = chosen;
    for (uint64_t draw = 0; slot < chosen + blind; draw++) {
        const int32_t i = (int32_t)(fraction(block, draw) * (double)n);
        if (taken[i])
            continue;
        taken[i] = 1;
        if (i < clean) {
            int64_t low = b->first[c], high = b->first[c + 1] - 1;
            while (low < high) {
                const int64_t middle = (low + high) >> 1;
                if (today[middle] > i)
                    high = middle;
                else
                    low = middle + 1;
            }
            const uint64_t serial = (uint64_t)(i - (low > b->first[c] ? today[low - 1] : 0));
            const uint64_t word = mix64(lane_key(b, low, day) + (serial + 1) * GOLDEN);
            at[slot] = i;
            s->place[slot] = (int32_t)low;
            s->word[slot] = word;
            s->rank[slot] = evidence_points(word, judged(word, b->salt[c]), known_points(c, low, b, r, width),
                                            w.cargo + (int64_t)b->mix[low] * CARGO_STEPS, &w);
            s->holds[slot] = -1;
        } else
            put(c, slot, i - clean, clean, b, dirty, s);
        slot++;
    }
    for (slot = 0; slot < chosen + blind; slot++)
        taken[at[slot]] = 0;
}

static inline int32_t odds_of(int64_t c, int64_t slot, const Rules *r, const Scratch *s) {
    return r->base[c] + s->rank[slot] - (r->flagged[s->place[slot]] ? FLAGGED : 0);
}

/* The officer learns whether the box in a slot held something, and what he had expected. */
static void teach(int64_t c, int64_t slot, int hit, const Boxes *b, const Rules *r, const Contaminated *dirty,
                  const Scratch *s, const Day *out, int64_t width) {
    const int32_t d = s->holds[slot];
    const uint16_t *shown = s->shown;
    if (d >= 0)
        shown = s->inside + (int64_t)(d - dirty->first[c]) * FAMILIES;
    else
        show(s->place[slot], s->word[slot], judged(s->word[slot], b->salt[c]), r->tip[c], b, s->shown);
    const int32_t at = odds_of(c, slot, r, s) + EVEN;
    const int32_t share = b->expected[at < 0 ? 0 : at > 2 * EVEN - 1 ? 2 * EVEN - 1 : at];
    for (int f = 0; f < FAMILIES; f++)
        out->expected[c * width + shown[f]] += share;
    if (hit)
        for (int f = 0; f < FAMILIES; f++)
            out->hits[c * width + shown[f]] += 1;
}

/* Count a box of a control by its far end and by the history of its shipper. */
static inline void count(int what, int64_t c, const uint16_t *shown, const Day *out, int64_t width, int64_t controls) {
    double *counted = out->counted + (what * controls + c) * width;
    counted[shown[0]] += 1.0;
    counted[shown[2]] += 1.0;
}

/* Scan the chosen boxes: what gives no alarm goes and teaches, the others are listed. */
static int64_t scan(int64_t c, int64_t scans, const Boxes *b, const Rules *r, const Contaminated *dirty,
                    const Scratch *s, const Day *out, int64_t width, int64_t classes, int64_t controls) {
    int64_t alarms = 0, false_alarms = 0;
    for (int64_t slot = 0; slot < scans; slot++) {
        const uint64_t word = s->word[slot];
        const int32_t d = s->holds[slot];
        int32_t chance;
        if (d >= 0) {
            out->fate[d] = SCANNED;
            const uint16_t *inside = s->inside + (int64_t)(d - dirty->first[c]) * FAMILIES;
            const double full = fmin(r->alarm_full[c] * r->alarm_cargo[inside[1] - b->column[1]], 1.0);
            chance = inside[6] > b->column[6] ? CHANCE : (int32_t)(full * dirty->shows[d] * CHANCE);
        } else {
            chance = r->alarm_clean[c * classes + kind_of(b, s->place[slot], word)];
            if (is_tipped(judged(word, b->salt[c]), r->tip[c]))
                chance = CHANCE;
        }
        if ((int32_t)(mix64(word ^ b->salt[c]) >> 24 & (CHANCE - 1)) < chance) {
            s->alarmed[alarms++] = (int32_t)slot;
            false_alarms += d < 0;
        } else {
            teach(c, slot, 0, b, r, dirty, s, out, width);
            if (d < 0)
                count(SCANS_OF, c, s->shown, out, width, controls);
        }
    }
    out->tally[c * TALLIES + ALARMS] = alarms;
    out->tally[c * TALLIES + FALSE_ALARMS] = false_alarms;
    return alarms;
}

/* Open the boxes with an alarm, the highest odds first, as many as there are hands; the others go. */
static void open_boxes(int64_t c, int64_t alarms, uint64_t block, const Boxes *b, const Rules *r,
                       const Contaminated *dirty, const Scratch *s, const Day *out, int64_t width, int64_t controls) {
    const int64_t hands = r->opened[c] < alarms ? r->opened[c] : alarms;
    for (int64_t a = 0; a < alarms; a++)
        s->keep[a] = hands == alarms;
    if (hands > 0 && hands < alarms) {
        for (int64_t a = 0; a < alarms; a++) {
            s->odds[a] = odds_of(c, s->alarmed[a], r, s);
            s->alarm_word[a] = s->word[s->alarmed[a]];
        }
        keep_highest(s->odds, s->alarm_word, alarms, hands, block, s->luck, s->keep);
    }
    for (int64_t a = 0; a < alarms; a++) {
        const int64_t slot = s->alarmed[a];
        const int32_t d = s->holds[slot];
        int hit = 0;
        if (d < 0) {
            show(s->place[slot], s->word[slot], judged(s->word[slot], b->salt[c]), r->tip[c], b, s->shown);
            count(SCANS_OF, c, s->shown, out, width, controls);
            count(FALSE_OF, c, s->shown, out, width, controls);
        }
        if (!s->keep[a]) {
            if (d >= 0)
                out->fate[d] = ALARMED;
            continue;
        }
        if (d >= 0) {
            hit = (int32_t)(mix64(s->word[slot] ^ b->salt[c]) >> 44 & (CHANCE - 1)) < r->finds[c];
            out->fate[d] = hit ? FOUND : MISSED;
        }
        out->tally[c * TALLIES + OPENED] += 1;
        out->tally[c * TALLIES + HITS] += hit;
        teach(c, slot, hit, b, r, dirty, s, out, width);
        if (d < 0)
            count(OPENED_OF, c, s->shown, out, width, controls);
        else if (hit)
            count(FOUND_OF, c, s->inside + (int64_t)(d - dirty->first[c]) * FAMILIES, out, width, controls);
    }
}

/* width, classes: columns of points and of alarm_clean; controls: how many there are in all. */
void clear_controls(int64_t first, int64_t last, int64_t day, const int32_t *today, const Boxes *b, const Rules *r,
                    const Contaminated *dirty, int32_t *near, uint64_t key, const Scratch *s, const Day *out,
                    int64_t width, int64_t classes, int64_t controls) {
    for (int64_t c = first; c < last; c++) {
        const uint64_t block = mix64(mix64(key ^ b->salt[c]) + (uint64_t)(day + 1) * GOLDEN);
        const int64_t clean = b->first[c + 1] > b->first[c] ? today[b->first[c + 1] - 1] : 0;
        const int64_t n = clean + dirty->first[c + 1] - dirty->first[c];
        int64_t *tally = out->tally + c * TALLIES;
        tally[ARRIVED] = n;
        if (n == 0 || r->chosen[c] + r->blind[c] == 0)
            continue;
        weigh_looks(c, b, r, s->looks, width);
        load(c, b, r, dirty, s, width);
        int64_t wanted = r->chosen[c] < n ? r->chosen[c] : n;
        wanted = wanted < r->most[c] ? wanted : r->most[c];
        int64_t blind = r->blind[c] < n - wanted ? r->blind[c] : n - wanted;
        blind = blind < r->most[c] - wanted ? blind : r->most[c] - wanted;
        if (wanted > 0)
            take_highest(c, day, clean, wanted, block, today, b, r, dirty, s, near, width);
        if (blind > 0)
            pick_blindly(c, day, clean, n, wanted, blind, block, today, b, r, dirty, s, width);
        tally[CHOSEN] = wanted + blind;
        tally[BLIND] = blind;
        const int64_t alarms = scan(c, wanted + blind, b, r, dirty, s, out, width, classes, controls);
        open_boxes(c, alarms, block, b, r, dirty, s, out, width, controls);
    }
}
