#include "worker/made.h"

#include <duckdb.h>

#include <algorithm>
#include <cstring>
#include <vector>

namespace hansa::worker {
namespace {

struct Offer {
  Made* made;
  std::uint32_t threads;
};

struct LogicalType {
  explicit LogicalType(duckdb_logical_type type) : type(type) {}
  LogicalType(const LogicalType&) = delete;
  LogicalType& operator=(const LogicalType&) = delete;
  ~LogicalType() { duckdb_destroy_logical_type(&type); }
  duckdb_logical_type type;
};

constexpr idx_t kListRoom = 4096;

duckdb_logical_type made_type(const Type& type);

duckdb_logical_type made_struct(const Type& type) {
  std::vector<duckdb_logical_type> types;
  std::vector<const char*> names;
  for (const hansa::Column& field : type.fields) {
    types.push_back(made_type(field.type));
    names.push_back(field.name.c_str());
  }
  const duckdb_logical_type made =
      duckdb_create_struct_type(types.data(), names.data(), types.size());
  for (duckdb_logical_type& part : types) duckdb_destroy_logical_type(&part);
  return made;
}

duckdb_type id_of(TypeKind kind) {
  switch (kind) {
    case TypeKind::boolean: return DUCKDB_TYPE_BOOLEAN;
    case TypeKind::int32: return DUCKDB_TYPE_INTEGER;
    case TypeKind::int64: return DUCKDB_TYPE_BIGINT;
    case TypeKind::float32: return DUCKDB_TYPE_FLOAT;
    case TypeKind::float64: return DUCKDB_TYPE_DOUBLE;
    case TypeKind::date: return DUCKDB_TYPE_DATE;
    case TypeKind::time: return DUCKDB_TYPE_TIME;
    case TypeKind::timestamp: return DUCKDB_TYPE_TIMESTAMP;
    case TypeKind::timestamptz: return DUCKDB_TYPE_TIMESTAMP_TZ;
    case TypeKind::string: return DUCKDB_TYPE_VARCHAR;
    case TypeKind::uuid: return DUCKDB_TYPE_UUID;
    case TypeKind::fixed:
    case TypeKind::binary: return DUCKDB_TYPE_BLOB;
    case TypeKind::decimal:
    case TypeKind::structure:
    case TypeKind::list:
    case TypeKind::map: break;
  }
  return DUCKDB_TYPE_INVALID;
}

duckdb_logical_type made_type(const Type& type) {
  if (type.kind == TypeKind::decimal)
    return duckdb_create_decimal_type(static_cast<std::uint8_t>(type.precision),
                                      static_cast<std::uint8_t>(type.scale));
  if (type.kind == TypeKind::structure) return made_struct(type);
  if (type.kind == TypeKind::list)
    return duckdb_create_list_type(LogicalType(made_type(type.fields[0].type)).type);
  if (type.kind == TypeKind::map)
    return duckdb_create_map_type(LogicalType(made_type(type.fields[0].type)).type,
                                  LogicalType(made_type(type.fields[1].type)).type);
  return duckdb_create_logical_type(id_of(type.kind));
}

// Where a vector's values lie; again after it has grown.
void look(convert::Slot& slot, const Type& type, duckdb_vector vector) {
  slot.type = &type;
  slot.vector = vector;
  slot.data = duckdb_vector_get_data(vector);
  duckdb_vector_ensure_validity_writable(vector);
  slot.valid = duckdb_vector_get_validity(vector);
  slot.children.resize(type.fields.size());
  if (type.kind == TypeKind::structure) {
    for (idx_t i = 0; i < type.fields.size(); ++i)
      look(slot.children[i], type.fields[i].type, duckdb_struct_vector_get_child(vector, i));
  } else if (type.kind == TypeKind::list) {
    look(slot.children[0], type.fields[0].type, duckdb_list_vector_get_child(vector));
  } else if (type.kind == TypeKind::map) {
    const duckdb_vector entries = duckdb_list_vector_get_child(vector);
    for (idx_t i = 0; i < 2; ++i)
      look(slot.children[i], type.fields[i].type, duckdb_struct_vector_get_child(entries, i));
  }
}

// Nothing used, in vectors that are filled anew.
void empty(convert::Slot& slot) {
  slot.used = 0;
  slot.room = 0;
  for (convert::Slot& child : slot.children) empty(child);
}

void finish(convert::Slot& slot) {
  if (slot.type->kind == TypeKind::list || slot.type->kind == TypeKind::map)
    duckdb_list_vector_set_size(static_cast<duckdb_vector>(slot.vector), slot.used);
  for (convert::Slot& child : slot.children) finish(child);
}

struct VectorMemory : convert::Memory {
  void put_text(convert::Slot& slot, std::uint64_t row, std::string_view text) override {
    if (text.size() > 12) {
      duckdb_vector_assign_string_element_len(static_cast<duckdb_vector>(slot.vector), row,
                                              text.data(), text.size());
      return;
    }
    // Short ones lie in place.
    Text value{};
    value.length = static_cast<std::uint32_t>(text.size());
    std::memcpy(reinterpret_cast<char*>(&value) + sizeof value.length, text.data(), text.size());
    slot.set(row, value);
  }
  void grow(convert::Slot& slot, std::uint64_t entries) override {
    if (entries <= slot.room) return;
    slot.room = std::max<std::uint64_t>(2 * slot.room, kListRoom);
    const auto vector = static_cast<duckdb_vector>(slot.vector);
    duckdb_list_vector_reserve(vector, slot.room);
    look(slot, *slot.type, vector);
  }
};

struct MadePart {
  std::unique_ptr<Made::Part> part;
  std::vector<convert::Slot> slots;
};

Made& made_of(void* extra) { return *static_cast<Offer*>(extra)->made; }

void bind_made(duckdb_bind_info info) {
  for (const hansa::Column& column : made_of(duckdb_bind_get_extra_info(info)).columns().columns)
    duckdb_bind_add_result_column(info, column.name.c_str(),
                                  LogicalType(made_type(column.type)).type);
}

void begin_made(duckdb_init_info info) {
  duckdb_init_set_max_threads(info, static_cast<Offer*>(duckdb_init_get_extra_info(info))->threads);
}

void begin_part(duckdb_init_info info) {
  Made& made = made_of(duckdb_init_get_extra_info(info));
  auto* part = new MadePart{made.part(), std::vector<convert::Slot>(made.columns().columns.size())};
  duckdb_init_set_init_data(info, part, [](void* data) { delete static_cast<MadePart*>(data); });
}

void fill_chunk(duckdb_function_info info, duckdb_data_chunk chunk) {
  auto& part = *static_cast<MadePart*>(duckdb_function_get_local_init_data(info));
  const Schema& schema = made_of(duckdb_function_get_extra_info(info)).columns();
  for (idx_t i = 0; i < part.slots.size(); ++i) {
    look(part.slots[i], schema.columns[i].type, duckdb_data_chunk_get_vector(chunk, i));
    empty(part.slots[i]);
  }
  VectorMemory memory;
  const auto filled = part.part->fill(part.slots, memory, duckdb_vector_size());
  if (!filled) {
    duckdb_function_set_error(info, filled.error().text.c_str());
    return;
  }
  for (convert::Slot& slot : part.slots) finish(slot);
  duckdb_data_chunk_set_size(chunk, *filled);
}

}  // namespace

Result<void> offer(Connection& connection, const std::string& name, Made& made,
                   std::uint32_t threads) {
  duckdb_table_function function = duckdb_create_table_function();
  duckdb_table_function_set_name(function, name.c_str());
  duckdb_table_function_set_extra_info(function, new Offer{&made, threads},
                                       [](void* extra) { delete static_cast<Offer*>(extra); });
  duckdb_table_function_set_bind(function, bind_made);
  duckdb_table_function_set_init(function, begin_made);
  duckdb_table_function_set_local_init(function, begin_part);
  duckdb_table_function_set_function(function, fill_chunk);
  const bool good =
      duckdb_register_table_function(static_cast<duckdb_connection>(connection.native()),
                                     function) == DuckDBSuccess;
  duckdb_destroy_table_function(&function);
  if (!good) return fail(Code::internal, "the engine takes no table function");
  return {};
}

}  // namespace hansa::worker
