// SPDX-License-Identifier: BSD-2-Clause
#include "examples/http/server/connection.hpp"

#include <algorithm>

#include "examples/http/server/content_type.hpp"
#include "examples/http/server/http_server.hpp"

namespace graft::http {

namespace {

constexpr uint64_t kSecond_ns = 1'000'000'000;
constexpr uint64_t kIdle_ns = 60 * kSecond_ns;      ///< between requests
constexpr uint64_t kRequest_ns = 15 * kSecond_ns;   ///< for one request to arrive
constexpr uint64_t kStalled_ns = 30 * kSecond_ns;   ///< the peer acknowledges nothing
constexpr uint64_t kLingering_ns = 2 * kSecond_ns;  ///< for the peer to close after us
constexpr uint8_t kTimerHalfSeconds = 2;
constexpr size_t kMaxWriteBytes = 32768;
constexpr size_t kMinWriteBytes = 512;

}  // namespace

Connection::Connection(HttpServer& server) : server_(server), answer_(server.host_), head_(server.host_) {}

void Connection::begin(tcp_pcb* pcb, bool overloaded) {
  pcb_ = pcb;
  phase_ = Phase::kReceiving;
  overloaded_ = overloaded;
  peer_closed_ = keep_alive_ = shutdown_done_ = hold_head_ = false;
  progress_ns_ = phase_ns_ = server_.host_.now_ns();
  body_to_skip_ = 0;
  stream_written_ = stream_acknowledged_ = file_unsent_ = 0;
  parser_.reset();
  tcp_arg(pcb, this);
  tcp_recv(pcb, on_receive);
  tcp_sent(pcb, on_sent);
  tcp_err(pcb, on_error);
  tcp_poll(pcb, on_timer, kTimerHalfSeconds);
  // Whole answers are written at once, so there is nothing for Nagle's algorithm to collect.
  tcp_nagle_disable(pcb);
}

// ---- lwIP's callbacks
// -------------------------------------------------------------------------------------------------

err_t Connection::on_receive(void* arg, tcp_pcb*, pbuf* p, err_t) {
  auto* self = static_cast<Connection*>(arg);
  self->made_progress();
  if (!p) {
    self->peer_closed_ = true;
  } else if (self->received_) {
    pbuf_cat(self->received_, p);
  } else {
    self->received_ = p;
    self->received_offset_ = 0;
  }
  self->server_.make_ready(self);
  // A block that reaches TIME-WAIT can vanish without a word, so it is given up here and now.
  if (self->phase_ == Phase::kLingering) self->finish_close();
  return ERR_OK;
}

err_t Connection::on_sent(void* arg, tcp_pcb*, u16_t bytes) {
  auto* self = static_cast<Connection*>(arg);
  self->made_progress();
  self->stream_acknowledged_ += bytes;
  while (!self->buffers_.empty()) {
    Buffer& buffer = self->buffers_.front();
    const bool all_sent = buffer.state == Buffer::State::kReady && buffer.begin == buffer.end;
    if (!all_sent || buffer.stream_end > self->stream_acknowledged_) break;
    self->buffers_.pop_front();
    --self->buffer_count_;
    self->server_.buffers_.retire(&buffer, self->server_.transmit_.next_sequence());
  }
  self->server_.make_ready(self);
  if (self->phase_ == Phase::kLingering) self->finish_close();
  return ERR_OK;
}

err_t Connection::on_timer(void* arg, tcp_pcb*) {
  auto* self = static_cast<Connection*>(arg);
  self->server_.make_ready(self);
  return ERR_OK;
}

void Connection::on_error(void* arg, err_t) {
  auto* self = static_cast<Connection*>(arg);
  self->pcb_ = nullptr;
  self->phase_ = Phase::kDead;
  self->server_.make_ready(self);
}

// ---- Work
// -------------------------------------------------------------------------------------------------------------

void Connection::made_progress() { progress_ns_ = server_.host_.now_ns(); }

void Connection::step() {
  check_time();
  for (int requests = 0; phase_ == Phase::kReceiving || phase_ == Phase::kSending;) {
    if (phase_ == Phase::kReceiving) {
      receive_request();
      if (phase_ == Phase::kReceiving) break;
    }
    if (phase_ != Phase::kSending || !send_answer()) break;
    if (!keep_alive_) {
      begin_close();
    } else {
      parser_.reset();
      phase_ = Phase::kReceiving;
      phase_ns_ = server_.host_.now_ns();
      if (++requests == kRequestsPerStep) {
        server_.make_ready(this);
        break;
      }
    }
  }
  if (phase_ == Phase::kLingering) {
    drop_received();
    shut_down();
    if (finish_close()) return;
  }
  if (phase_ == Phase::kDead) return release();
  if (pcb_) tcp_output(pcb_);
}

void Connection::check_time() {
  const uint64_t now_ns = server_.host_.now_ns();
  const auto expired = [&](uint64_t since_ns, uint64_t limit_ns) { return now_ns > since_ns + limit_ns; };
  if (phase_ == Phase::kReceiving) {
    if (!parser_.idle() && !received_ && expired(phase_ns_, kRequest_ns)) {
      ++server_.stats_.timeouts;
      Site::refuse(408, {}, &answer_);
      write_head(false);
    } else if (parser_.idle() && !received_ && expired(progress_ns_, kIdle_ns)) {
      begin_close();
    }
  }
  const bool unacknowledged = stream_acknowledged_ < stream_written_;
  if (pcb_ && unacknowledged && expired(progress_ns_, kStalled_ns)) {
    ++server_.stats_.timeouts;
    abort();
  }
}

void Connection::receive_request() {
  while (received_ && (!parser_.done() || body_to_skip_)) {
    const auto* at = static_cast<const char*>(received_->payload) + received_offset_;
    const size_t available = received_->len - received_offset_;
    if (body_to_skip_) {
      const size_t skipped = std::min<uint64_t>(available, body_to_skip_);
      body_to_skip_ -= skipped;
      consume(static_cast<uint16_t>(skipped));
      continue;
    }
    if (parser_.idle()) phase_ns_ = server_.host_.now_ns();
    consume(static_cast<uint16_t>(parser_.feed(at, available)));
    if (parser_.done() && parser_.request().error_status == 0) body_to_skip_ = parser_.request().body_bytes;
  }
  if (parser_.done() && body_to_skip_ == 0) return begin_answer();
  if (peer_closed_) begin_close();
}

void Connection::consume(uint16_t bytes) {
  received_offset_ = static_cast<uint16_t>(received_offset_ + bytes);
  while (received_ && received_offset_ == received_->len) {
    pbuf* rest = received_->next;
    if (rest) pbuf_ref(rest);
    pbuf_free(received_);
    received_ = rest;
    received_offset_ = 0;
  }
  if (bytes && pcb_) tcp_recved(pcb_, bytes);
}

void Connection::drop_received() {
  if (!received_) return;
  const auto bytes = static_cast<uint16_t>(received_->tot_len - received_offset_);
  pbuf_free(received_);
  received_ = nullptr;
  received_offset_ = 0;
  if (pcb_) tcp_recved(pcb_, bytes);
}

// ---- Answers
// ----------------------------------------------------------------------------------------------------------

void Connection::begin_answer() {
  const Request& request = parser_.request();
  head_only_ = request.head_only;
  if (overloaded_) {
    Site::refuse(503, "Too many connections.", &answer_);
  } else {
    server_.site_.answer(request, &answer_);
  }
  if (answer_.body.failed() || answer_.fields.failed()) Site::refuse(503, {}, &answer_);
  write_head(request.keep_alive && !overloaded_);
  if (answer_.is_file && !head_only_ && answer_.span.begin < answer_.span.end) begin_file();
}

void Connection::write_head(bool keep_alive) {
  phase_ = Phase::kSending;
  keep_alive_ = keep_alive;
  head_sent_ = body_sent_ = 0;
  hold_head_ = false;
  file_unsent_ = 0;
  const uint64_t length = answer_.is_file ? answer_.span.end - answer_.span.begin : answer_.body.length();
  head_.reset();
  head_ << "HTTP/1.1 " << answer_.status << ' ' << status_phrase(answer_.status)
        << "\r\nServer: graft\r\nContent-Type: " << answer_.content_type << "\r\nContent-Length: " << length
        << "\r\nX-Content-Type-Options: nosniff\r\nConnection: " << (keep_alive ? "keep-alive\r\n" : "close\r\n")
        << answer_.fields.view() << "\r\n";
  server_.count_answer(answer_.status);
}

bool Connection::send_answer() {
  if (head_.failed()) {
    abort();
    return false;
  }
  if (hold_head_) issue_reads();
  if (hold_head_ && !buffers_.empty()) {
    // The newest answer's buffers come last; nothing of it was sent, so its first is the first that was not touched.
    for (Buffer& buffer : buffers_) {
      if (buffer.stream_end) continue;
      if (buffer.state == Buffer::State::kReading) return false;
      if (buffer.state == Buffer::State::kFailed) file_failed(buffer);
      hold_head_ = false;
      break;
    }
  }
  if (hold_head_) return false;
  const bool has_body = !head_only_ && (answer_.body.length() > 0 || file_unsent_ > 0);
  if (!send_text(head_, &head_sent_, has_body)) return false;
  if (head_only_) return true;
  if (!send_text(answer_.body, &body_sent_, false)) return false;
  return file_unsent_ == 0 || send_file();
}

bool Connection::write(const void* data, size_t bytes, uint8_t flags) {
  const err_t error = tcp_write(pcb_, data, static_cast<u16_t>(bytes), flags);
  if (error != ERR_OK) return false;
  stream_written_ += bytes;
  return true;
}

bool Connection::send_text(const Text& text, size_t* sent, bool more) {
  const std::string_view all = text.view();
  size_t limit = kMaxWriteBytes;
  while (*sent < all.size()) {
    const size_t bytes = std::min({all.size() - *sent, size_t{tcp_sndbuf(pcb_)}, limit});
    if (bytes == 0) return false;
    const bool last = *sent + bytes == all.size() && !more;
    if (write(all.data() + *sent, bytes, TCP_WRITE_FLAG_COPY | (last ? 0 : TCP_WRITE_FLAG_MORE))) {
      *sent += bytes;
    } else if ((limit = bytes / 2) < kMinWriteBytes) {
      return false;  // the next acknowledgement or tick tries again
    }
  }
  return true;
}

bool Connection::send_file() {
  for (Buffer& buffer : buffers_) {
    if (buffer.state == Buffer::State::kReading) break;
    if (buffer.state == Buffer::State::kFailed) {
      file_failed(buffer);
      return false;
    }
    while (buffer.begin < buffer.end) {
      const size_t bytes = std::min<size_t>(buffer.end - buffer.begin, tcp_sndbuf(pcb_));
      if (bytes == 0) break;
      const uint8_t flags = bytes < file_unsent_ ? TCP_WRITE_FLAG_MORE : 0;
      if (!write(buffer.memory + buffer.begin, bytes, flags)) break;
      buffer.begin += static_cast<uint32_t>(bytes);
      buffer.stream_end = stream_written_;
      file_unsent_ -= bytes;
      server_.stats_.body_bytes += bytes;
    }
    if (buffer.begin < buffer.end) break;
  }
  issue_reads();
  return file_unsent_ == 0;
}

// ---- Reading the file
// -------------------------------------------------------------------------------------------------

void Connection::begin_file() {
  file_begin_ = answer_.file.offset_bytes + answer_.span.begin;
  file_end_ = answer_.file.offset_bytes + answer_.span.end;
  file_next_read_ = file_begin_;
  file_unsent_ = file_end_ - file_begin_;
  hold_head_ = true;
}

void Connection::issue_reads() {
  constexpr uint64_t kChunk = BufferPool::kBufferBytes;
  const uint64_t block_bytes = server_.disk_.limits().block_bytes;
  const uint64_t first_block = file_begin_ & ~(block_bytes - 1);
  const uint64_t last_block = (file_end_ + block_bytes - 1) & ~(block_bytes - 1);
  while (file_next_read_ < file_end_ && reads_in_flight_ < kReadsInFlight) {
    const bool scarce = server_.buffers_.scarce();
    if (buffer_count_ >= (scarce ? kMinBuffers : kMaxBuffers)) {
      if (scarce) server_.wait_for_buffer(this);
      return;
    }
    Buffer* buffer = server_.buffers_.take();
    if (!buffer) return server_.wait_for_buffer(this);
    const uint64_t chunk = file_next_read_ & ~(kChunk - 1);
    const uint64_t begin = std::max(chunk, first_block);
    const uint64_t end = std::min(chunk + kChunk, last_block);
    buffer->state = Buffer::State::kReading;
    buffer->owner = this;
    buffer->begin = static_cast<uint32_t>(file_next_read_ - begin);
    buffer->end = static_cast<uint32_t>(std::min(end, file_end_) - begin);
    buffer->stream_end = 0;
    buffer->read.memory = buffer->memory;
    buffer->read.offset_bytes = begin;
    buffer->read.bytes = static_cast<uint32_t>(end - begin);
    buffer->read.arg = buffer;
    buffer->read.on_read = [](void* arg, DiskRead*, Status status) {
      auto* done = static_cast<Buffer*>(arg);
      static_cast<Connection*>(done->owner)->on_read(done, status);
    };
    file_next_read_ = std::min(end, file_end_);
    buffers_.push_back(*buffer);
    ++buffer_count_;
    ++reads_in_flight_;
    server_.disk_.read(&buffer->read);
  }
}

void Connection::on_read(Buffer* buffer, Status status) {
  // An orphan's connection is another by now, or none; the object itself always exists.
  if (buffer->state == Buffer::State::kOrphan) {
    server_.buffers_.put(buffer);
    server_.on_buffers();
    return;
  }
  --reads_in_flight_;
  buffer->state = status.ok() ? Buffer::State::kReady : Buffer::State::kFailed;
  buffer->error = status.code();
  progress_ns_ = std::max(progress_ns_, server_.host_.now_ns());
  server_.make_ready(this);
}

void Connection::file_failed(const Buffer& buffer) {
  const graft_error_t error = buffer.error;
  const uint64_t sector = buffer.read.offset_bytes / kTarBlockBytes;
  ++server_.stats_.disk_errors;
  Text line(server_.host_);
  line << "http: /" << answer_.file.path << ": reading sectors " << sector << " to "
       << sector + buffer.read.bytes / kTarBlockBytes - 1 << " failed: " << graft_error_name(error);
  server_.host_.log(GRAFT_LOG_ERROR, line.view());
  if (!hold_head_) return abort();
  drop_unsent_buffers();
  line.reset();
  line << "The disk could not be read at sector " << sector << ": " << graft_error_name(error) << '.';
  Site::refuse(error == GRAFT_E_GONE ? 503 : 500, line.view(), &answer_);
  write_head(false);
}

void Connection::drop_unsent_buffers() {
  BufferList kept;
  while (!buffers_.empty()) {
    Buffer& buffer = buffers_.front();
    buffers_.pop_front();
    if (buffer.state == Buffer::State::kReading) {
      buffer.state = Buffer::State::kOrphan;
    } else if (buffer.stream_end == 0) {
      server_.buffers_.put(&buffer);
    } else {
      kept.push_back(buffer);
      continue;
    }
    --buffer_count_;
  }
  buffers_.swap(kept);
  reads_in_flight_ = 0;
  file_next_read_ = file_end_ = 0;
  file_unsent_ = 0;
  server_.on_buffers();
}

void Connection::drop_all_buffers() {
  drop_unsent_buffers();
  while (!buffers_.empty()) {
    Buffer& buffer = buffers_.front();
    buffers_.pop_front();
    --buffer_count_;
    server_.buffers_.retire(&buffer, server_.transmit_.next_sequence());
  }
}

// ---- Ending
// -----------------------------------------------------------------------------------------------------------

void Connection::begin_close() {
  phase_ = Phase::kLingering;
  phase_ns_ = server_.host_.now_ns();
}

void Connection::shut_down() {
  if (shutdown_done_ || !pcb_) return;
  shutdown_done_ = tcp_shutdown(pcb_, 0, 1) == ERR_OK;
}

bool Connection::finish_close() {
  if (!pcb_ || !shutdown_done_ || stream_acknowledged_ < stream_written_) return false;
  const bool waited = server_.host_.now_ns() > phase_ns_ + kLingering_ns;
  if (!peer_closed_ && !waited) return false;
  drop_received();
  tcp_pcb* pcb = pcb_;
  tcp_arg(pcb, nullptr);
  tcp_recv(pcb, nullptr);
  tcp_sent(pcb, nullptr);
  tcp_err(pcb, nullptr);
  tcp_poll(pcb, nullptr, 0);
  pcb_ = nullptr;
  tcp_close(pcb);
  release();
  return true;
}

void Connection::abort() {
  if (tcp_pcb* pcb = pcb_) {
    tcp_arg(pcb, nullptr);
    tcp_err(pcb, nullptr);
    pcb_ = nullptr;
    tcp_abort(pcb);
  }
  phase_ = Phase::kDead;
  release();
}

void Connection::release() {
  if (phase_ == Phase::kFree) return;
  drop_received();
  drop_all_buffers();
  answer_.reset();
  static_cast<boost::intrusive::list_base_hook<boost::intrusive::tag<ReadyTag>, UnlinkHook>*>(this)->unlink();
  static_cast<boost::intrusive::list_base_hook<boost::intrusive::tag<WaitTag>, UnlinkHook>*>(this)->unlink();
  phase_ = Phase::kFree;
  --server_.stats_.active;
}

}  // namespace graft::http
