#include <xgrad/training/detail/reduction.hpp>

#include <algorithm>
#include <cstring>
#include <numeric>

namespace xgrad::inline XGRAD_PRECISION {

void Reduction::lay_out(const Parameters& parameters, const std::vector<std::uint32_t>& order) {
  const std::size_t n = parameters.size();
  const std::string mine(reinterpret_cast<const char*>(order.data()), order.size() * sizeof(std::uint32_t));
  const std::vector<std::string> all = communicator_->gather("order of the gradients", mine);
  const auto its = std::find_if(all.begin(), all.end(), [](const std::string& each) { return !each.empty(); });
  order_.resize(n);
  std::iota(order_.rbegin(), order_.rend(), 0U);
  if (its != all.end()) {
    require<ValueError>(its->size() == n * sizeof(std::uint32_t), "ranks learn different parameters: ", n, " and ",
                        its->size() / sizeof(std::uint32_t));
    std::memcpy(order_.data(), its->data(), its->size());
  }
  parameters_ = parameters.all;
  buckets_.clear();
  offsets_.clear();
  const std::size_t most = communicator_->bucket_bytes / sizeof(Real);
  std::size_t size = 0, first = 0;
  const auto close = [&](std::size_t end) {
    if (end == first) return;
    buckets_.push_back({end, std::vector<Real>(end - first > 1 ? size : 0)});
    first = end;
    size = 0;
  };
  for (std::size_t i = 0; i < n; ++i) {
    const std::size_t its_size = parameters_[order_[i]]->value().size();
    if (size + its_size > most) close(i);
    offsets_.push_back(size);
    size += its_size;
  }
  close(n);
}

void Reduction::begin() {
  at_ = bucket_ = 0;
  last_.assign(order_.size(), 0);
}

Real* Reduction::next() {
  Bucket& bucket = buckets_[bucket_];
  Parameter& p = *parameters_[order_[at_]];
  if (!bucket.together.empty()) return bucket.together.data() + offsets_[at_];
  if (p.gradient.shape() != p.value().shape()) p.gradient.resize(p.value().shape());
  return p.gradient.data();
}

void Reduction::give(const Tensor* gradient, Real share) {
  Real* const to = next();
  const std::size_t n = parameters_[order_[at_]]->value().size();
  if (gradient == nullptr) {
    std::fill(to, to + n, Real{0});
  } else {
    const Real* const from = gradient->data();
    for (std::size_t i = 0; i < n; ++i) to[i] = share * from[i];
  }
  give_written(gradient != nullptr);
}

void Reduction::give_written(bool used) {
  last_[at_] = used;
  if (++at_ == buckets_[bucket_].end) close();
}

// Begins the sum of the bucket that is full.
void Reduction::close() {
  Bucket& bucket = buckets_[bucket_++];
  Tensor& only = parameters_[order_[at_ - 1]]->gradient;
  communicator_->begin_sum(bucket.together.empty() ? std::span<Real>(only.data(), only.size()) : bucket.together);
}

void Reduction::finish(std::vector<Real>& flags) {
  while (!is_done()) give(nullptr, 0);
  last_.insert(last_.end(), flags.begin(), flags.end());
  communicator_->begin_sum(last_);
  communicator_->finish();
  std::copy(last_.begin() + static_cast<std::ptrdiff_t>(order_.size()), last_.end(), flags.begin());
  std::size_t i = 0;
  for (Bucket& bucket : buckets_)
    for (; i < bucket.end; ++i) {
      Parameter& p = *parameters_[order_[i]];
      p.fresh = last_[i] > 0;
      if (bucket.together.empty()) continue;
      if (p.gradient.shape() != p.value().shape()) p.gradient.resize(p.value().shape());
      std::copy_n(bucket.together.data() + offsets_[i], p.gradient.size(), p.gradient.data());
    }
}

}  // namespace xgrad::inline XGRAD_PRECISION
