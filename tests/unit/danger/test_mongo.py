"""Programs for MongoDB's shell, by what they call."""

from __future__ import annotations

import pytest

from engine.danger.mongo import look_at_mongo

DANGEROUS = (
    "db.dropDatabase()",
    "db.orders.drop()",
    'db["orders"]["drop"]()',
    "db.getCollectionNames().forEach(c => db[c].drop())",
    "db.orders.deleteMany({})",
    "db.orders.deleteMany( { } )",
    "db.orders.remove()",
    "db.orders.deleteMany(filter)",
    "db.orders.deleteMany({_id: {$exists: true}})",
    "db.users.updateMany({}, {$set: {active: false}})",
    "db.orders.bulkWrite([{deleteMany: {filter: {}}}])",
    'db.runCommand({delete: "orders", deletes: [{q: {}, limit: 0}]})',
    "db.orders.find({}).forEach(d => db.orders.deleteOne({_id: d._id}))",
    "db.currentOp().inprog.forEach(o => db.killOp(o.opid))",
    'db.orders.aggregate([{$match: {}}, {"$out": "users"}])',
    "rs.reconfig(cfg, {force: true})",
    'rs.remove("db-3:27017")',
    'sh.removeShard("s1")',
    "db.adminCommand({shutdown: 1})",
    'db.adminCommand("shutdown")',
    "db.fsyncLock()",
    'db.orders.dropIndex("state_1")',
    "db.adminCommand({fsync: 1, lock: true})",
    'db.dropUser("app")',
    'db.grantRolesToUser("bob", [{role: "root", db: "admin"}])',
    'db.createUser({user: "x", pwd: "y", roles: ["userAdminAnyDatabase"]})',
    "use shop\ndb.orders.drop()\n",
)
CHANGING = (
    "db.orders.deleteOne({_id: 42})",
    "db.orders.deleteMany({tenant: 42})",
    "db.orders.updateOne({_id: 1}, {$set: {a: 1}})",
    "db.orders.insertMany([{a: 1}])",
    "db.orders.aggregate([{$merge: {into: 'daily'}}])",
    "cfg = rs.conf(); cfg.members[0].priority = 2; rs.reconfig(cfg)",
    'rs.add("db-3:27017")',
    "rs.stepDown(60)",
    "db.adminCommand({replSetStepDown: 60})",
    "db.adminCommand(command)",
    "db.killOp(1234)",
    "db.setProfilingLevel(1)",
    'db.createUser({user: "x", pwd: "y", roles: ["read"]})',
    'load("fix.js")',
)
READING = (
    "rs.status()",
    "rs.status().members.map(m => m.name + ' ' + m.stateStr)",
    "db.serverStatus().connections",
    "db.orders.find({action: 'drop()'}).limit(5)",
    "db.orders.countDocuments({}) // before deleteMany({})",
    "db.currentOp({secs_running: {$gt: 30}})",
    'db.adminCommand("ping")',
    "db.runCommand({ping: 1})",
    "db.adminCommand({replSetGetStatus: 1})",
    "db.getSiblingDB('admin').getUsers()",
    "if (db.hello().isWritablePrimary) { print('primary') }",
    "show dbs",
    "use shop\nshow collections\n",
)
UNKNOWN = ("db.orders.frobnicate()", "require('child_process')", "handlers[0](db)")


@pytest.mark.parametrize(
    ("program", "level"),
    [
        *((program, "dangerous") for program in DANGEROUS),
        *((program, "caution") for program in CHANGING),
        *((program, "safe") for program in READING),
        *((program, "unknown") for program in UNKNOWN),
    ],
)
def test_a_program_is_judged_by_what_it_calls(program: str, level: str) -> None:
    assert look_at_mongo(program).level == level
