/* The kernel's loop in plain C: sim/kernels/scoring.py and sim/kernels/inspection.py, function by function.
 *
 * Left out on both sides: the queue before the scanners. Left out here, because the workload never asks for it: which
 * boxes are high risk. The structs hold the fields of the kernel's named tuples in their order.
 */
#include <math.h>
#include <stdint.h>

#define GOLDEN 0x9E3779B97F4A7C15u
enum { POINTS = 32, EVEN = 512, FLAGGED = 16384, CARGO_STEPS = 1024, QUANTILES = 4096, CHANCE = 1 << 20, FAMILIES = 7 };
enum { NEAR = 4, LOWEST = -32768 };
enum { RELEASED, SCANNED, ALARMED, MISSED, FOUND };
enum { ARRIVED, HIGH_RISK, CHOSEN, BLIND, ALARMS, FALSE_ALARMS, OPENED, HITS, TALLIES };

typedef struct {
    const int32_t *first, *pool, *lag, *group;
    const uint64_t *lane_key;
    const int32_t *lane_mix;
    const uint8_t *cargo, *history, *anomaly;
    const uint16_t *step;
    const uint8_t *front;
    const int16_t *noise;
    const uint64_t *salt;
    const int32_t *column, *expected;
    int64_t tip_clean;
} Boxes;

typedef struct {
    const int16_t *points;
    const int32_t *base;
    const uint8_t *flagged;
    const int64_t *chosen, *blind;
    const uint8_t *only_high;
    const int32_t *high;
    const double *screened;
    const int32_t *alarm_clean;
    const double *alarm_full, *alarm_cargo;
    const int64_t *opened;
    const int32_t *finds, *tip, *servers;
    const double *scan_hours;
    const int32_t *service;
    const double *open_hours;
} Rules;

typedef struct {
    const int32_t *first, *place, *serial, *concealment;
    const double *shows;
} Contaminated;

typedef struct {
    uint64_t *word;
    uint16_t *field;
    uint32_t *luck;
    uint8_t *judgement;
    uint16_t *tip;
    int16_t *score, *top;
    int32_t *chosen;
    uint8_t *taken;
    int32_t *loaded;
    uint16_t *inside, *shown;
    int32_t *odds, *chance, *holds, *alarmed;
    double *gaps;
} Scratch;

typedef struct {
    int64_t *tally, *hits, *expected;
    int8_t *fate;
    double *wait_hours;
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

static inline uint32_t mix32(uint32_t x) {
    x = (x ^ (x >> 16)) * 0x85EBCA6Bu;
    x = (x ^ (x >> 13)) * 0xC2B2AE35u;
    return x ^ (x >> 16);
}

static inline double fraction(uint64_t block, uint64_t j) {
    return (double)(int64_t)((mix64(block + (j + 1) * GOLDEN) >> 11) | 1) * 0x1p-53;
}

/* The boxes of a control: their words, the fields of these, judgement and tip. */
static int64_t unfold(int64_t c, int64_t day, const int32_t *today, const Boxes *b, const Scratch *s, int64_t size) {
    uint64_t *restrict word = s->word;
    uint16_t *restrict shipper = s->field, *restrict manifest = shipper + size, *restrict routing = manifest + size,
             *restrict seal = routing + size, *restrict tip = s->tip;
    uint8_t *restrict judgement = s->judgement;
    const uint32_t salt = (uint32_t)b->salt[c];
    int64_t n = 0;
    for (int32_t p = b->first[c]; p < b->first[c + 1]; p++) {
        const uint64_t key = mix64(b->lane_key[b->pool[p]] + (uint64_t)(day - b->lag[p]) * GOLDEN);
        const int64_t count = today[p];
        for (int64_t j = 0; j < count; j++)
            word[n + j] = mix64(key + (uint64_t)(j + 1) * GOLDEN);
        n += count;
    }
    for (int64_t i = 0; i < n; i++) {
        const uint64_t w = word[i];
        shipper[i] = w >> 12 & 4095;
        manifest[i] = w >> 24 & 4095;
        routing[i] = w >> 36 & 4095;
        seal[i] = w >> 48 & 4095;
    }
    for (int64_t i = 0; i < n; i++) {
        const uint32_t luck = mix32((uint32_t)word[i] ^ (uint32_t)(word[i] >> 32) ^ salt);
        judgement[i] = (uint8_t)luck;
        tip[i] = (uint16_t)(luck >> 16);
    }
    return n;
}

/* The points of a level rise in three steps with the quantile. */
#define STEPS(q, from, p) \
    (int16_t)(((q) >= (from)[0] ? p##1 : 0) + ((q) >= (from)[1] ? p##2 : 0) + ((q) >= (from)[2] ? p##3 : 0))
#define RISES(p, at) \
    const int16_t p##1 = points[at + 1] - points[at], p##2 = points[at + 2] - points[at + 1], \
                  p##3 = points[at + 3] - points[at + 2]

static void score_clean(int64_t c, int64_t n, const int32_t *today, const Boxes *b, const Rules *r, const Scratch *s,
                        int64_t size, int64_t width) {
    const int16_t *points = r->points + c * width;
    const int32_t *column = b->column;
    const uint16_t *restrict shipper = s->field, *restrict manifest = shipper + size, *restrict routing = manifest + size,
                   *restrict seal = routing + size, *restrict tip = s->tip;
    const uint16_t of_shipper[3] = {b->step[0], b->step[1], b->step[2]};
    const uint16_t of_anomaly[3] = {b->step[3], b->step[4], b->step[5]};
    int16_t *restrict score = s->score;
    const int h = column[2], m = column[3], o = column[4], e = column[5], t = column[6];
    const int16_t base = points[h] + points[m] + points[o] + points[e] + points[t];
    const int16_t tipped = points[t + 1] - points[t];
    const uint16_t named = (uint16_t)b->tip_clean;
    RISES(h, h);
    RISES(m, m);
    RISES(o, o);
    RISES(e, e);
    for (int64_t i = 0; i < n; i++)
        score[i] = (int16_t)(base + STEPS(shipper[i], of_shipper, h) + STEPS(manifest[i], of_anomaly, m) +
                             STEPS(routing[i], of_anomaly, o) + STEPS(seal[i], of_anomaly, e) +
                             (tip[i] < named ? tipped : 0));
    const uint64_t *restrict word = s->word;
    const uint8_t *restrict judgement = s->judgement;
    const int16_t *restrict noise = b->noise, *restrict by_cargo = points + column[1];
    int64_t i = 0;
    for (int32_t p = b->first[c]; p < b->first[c + 1]; p++) {
        const int16_t known = points[column[0] + b->group[p]] + (r->flagged[p] ? FLAGGED : 0);
        const uint8_t *restrict cargo = b->cargo + (int64_t)b->lane_mix[b->pool[p]] * CARGO_STEPS;
        for (const int64_t upto = i + today[p]; i < upto; i++)
            score[i] += known + by_cargo[cargo[(word[i] & 4095) >> 2]] + noise[judgement[i]];
    }
}

/* Put the contraband of a control into its boxes. */
static void load(int64_t c, const int32_t *today, const Boxes *b, const Rules *r, const Contaminated *dirty,
                 const Scratch *s, int64_t size, int64_t width) {
    const int16_t *points = r->points + c * width;
    const int32_t *column = b->column;
    for (int32_t d = dirty->first[c]; d < dirty->first[c + 1]; d++) {
        int32_t p = b->first[c], i = dirty->serial[d], kind = dirty->concealment[d], row = d - dirty->first[c];
        for (; p < b->first[c] + dirty->place[d]; p++)
            i += today[p];
        uint16_t *inside = s->inside + (int64_t)row * FAMILIES;
        inside[0] = column[0] + b->group[p];
        inside[1] = column[1] + b->cargo[b->lane_mix[b->pool[p]] * CARGO_STEPS + ((s->word[i] & 4095) >> 2)];
        inside[2] = column[2] + (b->front[kind] ? 3 : b->history[s->field[i]]);
        for (int f = 0; f < 3; f++)
            inside[3 + f] = column[3 + f] + b->anomaly[(1 + 3 * kind + f) * QUANTILES + s->field[(1 + f) * size + i]];
        inside[6] = column[6] + (s->tip[i] < r->tip[c]);
        int32_t total = b->noise[s->judgement[i]] + (r->flagged[p] ? FLAGGED : 0);
        for (int f = 0; f < FAMILIES; f++)
            total += points[inside[f]];
        s->score[i] = (int16_t)total;
        s->loaded[row] = i;
    }
}

static int64_t count_from(const int16_t *restrict score, int64_t n, int16_t least) {
    int32_t above = 0;
    for (int64_t i = 0; i < n; i++)
        above += score[i] >= least;
    return above;
}

static int64_t list_from(const int16_t *restrict score, int64_t n, int16_t least, int32_t *restrict listed) {
    int64_t found = 0;
    for (int64_t i = 0; i < n; i++) {
        listed[found] = (int32_t)i;
        found += score[i] >= least;
    }
    return found;
}

/* The score of rank `wanted` among n, none of them below `low`, by halving the range. */
static int cut_of(const int16_t *restrict score, int64_t n, int64_t wanted, int low) {
    int16_t most = (int16_t)low;
    for (int64_t i = 0; i < n; i++)
        most = score[i] > most ? score[i] : most;
    int high = most;
    while (low < high) {
        const int middle = (low + high + 1) >> 1;
        if (count_from(score, n, (int16_t)middle) >= wanted)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

/* List the highest scores; among equals those that come first after box `start`. Returns the cut. */
static int take_highest(int64_t n, int64_t wanted, int64_t start, int near, const Scratch *s) {
    const int16_t *restrict score = s->score;
    int16_t *restrict top = s->top;
    int32_t *restrict chosen = s->chosen;
    uint8_t *restrict taken = s->taken;
    int low = near, gap = 2 * NEAR;
    int64_t found = list_from(score, n, (int16_t)low, chosen);
    while (found < wanted) {
        low = low - gap > LOWEST ? low - gap : LOWEST;
        gap *= 4;
        found = list_from(score, n, (int16_t)low, chosen);
    }
    for (int64_t t = 0; t < found; t++)
        top[t] = score[chosen[t]];
    const int cut = cut_of(top, found, wanted, low);
    int64_t ties = wanted;
    for (int64_t t = 0; t < found; t++)
        if (top[t] > cut) {
            taken[chosen[t]] = 1;
            ties--;
        }
    for (int after = 1; after >= 0; after--)
        for (int64_t t = 0; t < found && ties > 0; t++)
            if (top[t] == cut && (chosen[t] >= start) == after) {
                taken[chosen[t]] = 1;
                ties--;
            }
    int64_t k = 0;
    for (int64_t t = 0; t < found; t++)
        if (taken[chosen[t]])
            chosen[k++] = chosen[t];
    return cut;
}

static int64_t choose(int64_t c, int64_t n, uint64_t block, const Rules *r, const Scratch *s, int16_t *near,
                      int64_t *blindly) {
    const int64_t wanted = r->chosen[c] < n ? r->chosen[c] : n;
    if (wanted > 0) {
        const int cut = take_highest(n, wanted, (int64_t)(fraction(block, 0) * (double)n), near[c], s);
        near[c] = (int16_t)(cut - NEAR > LOWEST ? cut - NEAR : LOWEST);
    }
    const int64_t blind = r->blind[c] < n - wanted ? r->blind[c] : n - wanted;
    int64_t k = wanted;
    for (uint64_t draw = 1; k < wanted + blind; draw++) {
        const int32_t i = (int32_t)(fraction(block, draw) * (double)n);
        if (!s->taken[i]) {
            s->taken[i] = 1;
            s->chosen[k++] = i;
        }
    }
    for (int64_t t = 0; t < k; t++)
        s->taken[s->chosen[t]] = 0;
    *blindly = blind;
    return k;
}

/* What each chosen box shows, how likely it raises an alarm, and what it holds. */
static void look(int64_t c, int64_t scans, const int32_t *today, const Boxes *b, const Rules *r,
                 const Contaminated *dirty, const Scratch *s, int64_t size, int64_t classes) {
    const int32_t *column = b->column;
    const uint16_t *step = b->step;
    int32_t p = b->first[c], begin = 0, upto = today[p];
    for (int64_t t = 0; t < scans; t++) {
        const int32_t i = s->chosen[t];
        if (i < begin) {
            p = b->first[c];
            begin = 0;
            upto = today[p];
        }
        while (upto <= i) {
            begin = upto;
            upto += today[++p];
        }
        const int kind = b->cargo[b->lane_mix[b->pool[p]] * CARGO_STEPS + ((s->word[i] & 4095) >> 2)];
        uint16_t *shown = s->shown + t * FAMILIES;
        shown[0] = column[0] + b->group[p];
        shown[1] = column[1] + kind;
        for (int f = 0; f < 4; f++) {
            const uint16_t q = s->field[f * size + i], *from = step + (f ? 3 : 0);
            shown[2 + f] = column[2 + f] + (q >= from[0]) + (q >= from[1]) + (q >= from[2]);
        }
        const int tipped = s->tip[i] < b->tip_clean;
        shown[6] = column[6] + tipped;
        s->odds[t] = r->base[c] + s->score[i] - (r->flagged[p] ? FLAGGED : 0);
        s->chance[t] = tipped ? CHANCE : r->alarm_clean[c * classes + kind];
        s->holds[t] = -1;
    }
    for (int32_t d = dirty->first[c]; d < dirty->first[c + 1]; d++) {
        const int32_t row = d - dirty->first[c];
        for (int64_t t = 0; t < scans; t++)
            if (s->chosen[t] == s->loaded[row]) {
                uint16_t *shown = s->shown + t * FAMILIES;
                for (int f = 0; f < FAMILIES; f++)
                    shown[f] = s->inside[(int64_t)row * FAMILIES + f];
                const double full = fmin(r->alarm_full[c] * r->alarm_cargo[shown[1] - column[1]], 1.0);
                s->chance[t] = shown[6] > column[6] ? CHANCE : (int32_t)(full * dirty->shows[d] * CHANCE);
                s->holds[t] = d;
            }
    }
}

static int32_t share_of(const Boxes *b, int32_t odds) {
    const int32_t at = odds + EVEN;
    return b->expected[at < 0 ? 0 : at > 2 * EVEN - 1 ? 2 * EVEN - 1 : at];
}

/* Scan the chosen boxes: what gives no alarm goes and teaches, the others are listed. */
static int64_t scan(int64_t c, int64_t scans, const Boxes *b, const Scratch *s, const Day *out, int64_t width) {
    int64_t alarms = 0, false_alarms = 0, *expected = out->expected + c * width;
    for (int64_t t = 0; t < scans; t++) {
        const int32_t d = s->holds[t];
        if (d >= 0)
            out->fate[d] = SCANNED;
        if ((int32_t)(mix64(s->word[s->chosen[t]] ^ b->salt[c]) >> 24 & (CHANCE - 1)) < s->chance[t]) {
            s->alarmed[alarms++] = (int32_t)t;
            false_alarms += d < 0;
        } else {
            const int32_t share = share_of(b, s->odds[t]);
            for (int f = 0; f < FAMILIES; f++)
                expected[s->shown[t * FAMILIES + f]] += share;
        }
    }
    out->tally[c * TALLIES + ALARMS] = alarms;
    out->tally[c * TALLIES + FALSE_ALARMS] = false_alarms;
    return alarms;
}

/* Open the boxes with an alarm, the highest scores first, as many as there are hands; the others go. */
static void open_boxes(int64_t c, int64_t alarms, const Boxes *b, const Rules *r, const Scratch *s, const Day *out,
                       int64_t width) {
    const int32_t *odds = s->odds, *chosen = s->chosen;
    int32_t *alarmed = s->alarmed;
    for (int64_t turn = 0; turn < alarms; turn++) {
        int64_t best = turn;
        if (turn < r->opened[c])
            for (int64_t a = turn + 1; a < alarms; a++) {
                const int32_t t = alarmed[a], first = alarmed[best];
                if (odds[t] > odds[first] || (odds[t] == odds[first] && chosen[t] < chosen[first]))
                    best = a;
            }
        const int32_t t = alarmed[best], d = s->holds[t];
        alarmed[best] = alarmed[turn];
        alarmed[turn] = t;
        if (turn >= r->opened[c]) {
            if (d >= 0)
                out->fate[d] = ALARMED;
            continue;
        }
        int found = 0;
        if (d >= 0) {
            found = (int32_t)(mix64(s->word[chosen[t]] ^ b->salt[c]) >> 44 & (CHANCE - 1)) < r->finds[c];
            out->fate[d] = found ? FOUND : MISSED;
        }
        out->tally[c * TALLIES + OPENED] += 1;
        out->tally[c * TALLIES + HITS] += found;
        const int32_t share = share_of(b, odds[t]);
        for (int f = 0; f < FAMILIES; f++) {
            out->hits[c * width + s->shown[t * FAMILIES + f]] += found;
            out->expected[c * width + s->shown[t * FAMILIES + f]] += share;
        }
    }
}

/* size: columns of the field array of the scratch; width, classes: columns of points and of alarm_clean. */
void clear_controls(int64_t first, int64_t last, int64_t day, const int32_t *today, const Boxes *b, const Rules *r,
                    const Contaminated *dirty, int16_t *near, uint64_t key, const Scratch *s, const Day *out,
                    int64_t size, int64_t width, int64_t classes) {
    for (int64_t c = first; c < last; c++) {
        const uint64_t block = mix64(mix64(key ^ b->salt[c]) + (uint64_t)(day + 1) * GOLDEN);
        int64_t *tally = out->tally + c * TALLIES, blind;
        for (int32_t p = b->first[c]; p < b->first[c + 1]; p++)
            tally[ARRIVED] += today[p];
        if (r->chosen[c] + r->blind[c] == 0)
            continue;
        const int64_t n = unfold(c, day, today, b, s, size);
        score_clean(c, n, today, b, r, s, size, width);
        load(c, today, b, r, dirty, s, size, width);
        const int64_t scans = choose(c, n, block, r, s, near, &blind);
        tally[CHOSEN] = scans;
        tally[BLIND] = blind;
        look(c, scans, today, b, r, dirty, s, size, classes);
        open_boxes(c, scan(c, scans, b, s, out, width), b, r, s, out, width);
    }
}
