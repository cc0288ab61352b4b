// The settings of design section 9.
#include "store/rocks_settings.h"

#include <rocksdb/cache.h>
#include <rocksdb/file_checksum.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>

namespace mseal::store {
namespace {

// Damage is reported, never skipped over.
void NoticeDamage(rocksdb::DBOptions& settings) {
  // The default drops every row behind a damaged one and opens with OK. This mode forgives only a log that ends in the
  // middle of a record, as a crash leaves it.
  settings.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  settings.paranoid_checks = true;
  settings.file_checksum_gen_factory = rocksdb::GetFileChecksumGenCrc32cFactory();
  settings.max_bgerror_resume_count = 0;  // WriteStop says why
}

// No copy of a row stays where a purge does not reach it, and no file names the machine.
void LeaveNoTrace(rocksdb::DBOptions& settings) {
  settings.recycle_log_file_num = 0;
  settings.WAL_ttl_seconds = 0;
  settings.WAL_size_limit_MB = 0;
  settings.db_host_id = "";
  // The list of files (MANIFEST) names the first and last key of files that are gone. This begins a new one at each
  // change of a table's files; the old one is deleted.
  settings.max_manifest_file_size = 1;
  settings.allow_data_in_errors = false;
}

// Below warnings RocksDB writes key ranges into its log. `info_log` is set where the folder is known.
void KeepQuiet(rocksdb::DBOptions& settings) {
  settings.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  settings.stats_dump_period_sec = 0;
  settings.stats_persist_period_sec = 0;
}

// `write_buffer_bytes` is shared by all tables, however they divide it.
void BoundResources(rocksdb::DBOptions& settings, const RocksOptions& options) {
  settings.db_write_buffer_size = options.write_buffer_bytes;
  settings.max_total_wal_size = 4 * options.write_buffer_bytes;
  settings.max_open_files = 512;
  settings.max_file_opening_threads = 1;          // the default starts some sixty threads to open a store of no files
  settings.skip_stats_update_on_db_open = false;  // looks at 20 files at most; without it Measure counts nothing
  settings.bytes_per_sync = 1 << 20;
}

rocksdb::BlockBasedTableOptions BlockSettings(const RocksOptions& options) {
  constexpr double kFilterBitsPerKey = 10;
  rocksdb::BlockBasedTableOptions blocks;
  blocks.block_cache = rocksdb::NewLRUCache(options.block_cache_bytes);
  blocks.cache_index_and_filter_blocks = true;  // else they grow outside the cache's bound
  blocks.pin_l0_filter_and_index_blocks_in_cache = true;
  blocks.filter_policy.reset(rocksdb::NewBloomFilterPolicy(kFilterBitsPerKey));
  blocks.format_version = 5;
  return blocks;
}

}  // namespace

rocksdb::DBOptions StoreSettings(const RocksOptions& options) {
  rocksdb::DBOptions settings;
  settings.create_if_missing = options.create;
  settings.error_if_exists = options.create;
  settings.create_missing_column_families = !options.read_only;  // a creation that was cut short is finished
  NoticeDamage(settings);
  LeaveNoTrace(settings);
  KeepQuiet(settings);
  BoundResources(settings, options);
  return settings;
}

rocksdb::ColumnFamilyOptions TableSettings(const RocksOptions& options) {
  rocksdb::ColumnFamilyOptions settings;
  settings.table_factory.reset(rocksdb::NewBlockBasedTableFactory(BlockSettings(options)));
  settings.write_buffer_size = options.write_buffer_bytes;
  settings.compression = rocksdb::kNoCompression;  // sealed bytes do not compress, and a length would tell of the rest
  settings.bottommost_compression = rocksdb::kNoCompression;
  settings.paranoid_file_checks = true;  // each new file is read back before its sources are dropped
  return settings;
}

rocksdb::WriteOptions WriteSettings(Durability durability) {
  rocksdb::WriteOptions settings;
  settings.sync = durability == Durability::kPower;
  return settings;
}

}  // namespace mseal::store
