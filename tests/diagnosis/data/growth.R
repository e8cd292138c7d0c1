# Makes growth_cohort.csv: a simulated cohort and what R finds for it by the recipe of the package SGP
# (Betebenner; studentGrowthPercentiles): splines::bs, type-7 knots, quantreg::rq(method = "br"), 100
# taus, predictions sorted and rounded to 5 digits. Run: Rscript growth.R
# Needs r-cran-quantreg. Also prints the versions and how many fits R calls possibly not unique.
suppressMessages({library(splines); library(quantreg)})
set.seed(20260101)
n <- 3000
ability <- rnorm(n)
score <- function(ability, mean) {
  pmin(pmax(round(mean + 60 * ability + rnorm(n, 0, 20 + 5 * abs(ability))), 280), 720)
}
g3 <- score(ability, 450)
ability <- 0.9 * ability + rnorm(n, 0.1, 0.35)
g4 <- score(ability, 475)
ability <- 0.9 * ability + rnorm(n, 0.1, 0.35)
g5 <- score(ability, 500)
g3[runif(n) < 0.15] <- NA  # these have one prior only

knots <- function(x) round(as.vector(quantile(x, c(.2, .4, .6, .8), na.rm = TRUE)), 3)
bounds <- function(x) round(extendrange(range(x, na.rm = TRUE), f = 0.1), 3)
taus <- (1:100 - 0.5) / 100
maybe_not_unique <- 0
fit <- function(formula) {
  withCallingHandlers(rq(formula, tau = taus, method = "br")$coefficients, warning = function(w) {
    maybe_not_unique <<- maybe_not_unique + grepl("nonunique", conditionMessage(w))
    invokeRestart("muffleWarning")
  })
}
b <- function(x, of) bs(x, knots = knots(of), Boundary.knots = bounds(of))
percentile <- function(design, coefficients, y) {
  cuts <- round(t(apply(cbind(1, design) %*% coefficients, 1, sort)), 5)
  pmin(pmax(rowSums(cuts < y), 1), 99)
}
first <- b(g4, g4)
sgp1 <- percentile(first, one <- fit(g5 ~ first), g5)
both <- !is.na(g3)
second <- cbind(b(g4[both], g4), b(g3[both], g3))
y <- g5[both]
sgp2 <- rep(NA, n)
sgp2[both] <- percentile(second, two <- fit(y ~ second), y)
write.csv(data.frame(g3, g4, g5, sgp1, sgp2), "growth_cohort.csv", row.names = FALSE, na = "",
          quote = FALSE)
cat(R.version.string, "quantreg", as.character(packageVersion("quantreg")), "\n")
cat("knots", knots(g3), knots(g4), "boundaries", bounds(g3), bounds(g4), "\n")
cat("possibly not unique:", maybe_not_unique, "of 200\n")
x <- c(150, 232.5, 300, 412.25, 480, 560, 700, 760, 800)
write.table(cbind(x, bs(x, knots = c(410.2, 440, 440, 501.125), Boundary.knots = c(232.5, 760))),
            "growth_basis.csv", sep = ",", row.names = FALSE, col.names = c("x", paste0("b", 1:7)))
